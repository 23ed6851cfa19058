import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { differences } from './profile.ts'

test("the README's table of profiles is the one in the code", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const section = readme.split('\n## Profiles\n')[1]!.split('\n## ')[0]!
  const rows = section.split('\n').filter((line) => line.startsWith('|') && !/^\| (entra|---)/.test(line))
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  expect(cells).toEqual(Object.values(differences))
})
