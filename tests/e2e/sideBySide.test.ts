/** Programs side by side in one process, through the real engine: none sees another's settings or failure. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { PROJECT } from '../../cli/local/folder.ts'
import { root } from '../../tools/setup/node.mjs'
import { run } from './harness.ts'

jest.setTimeout(120_000)

const STACKS = ['one', 'two', 'rejects', 'throws', 'three', 'four']

let folder: string
let errors: Record<string, string[]>
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-programs-'))
  const args = ['--no-warnings', 'tests/e2e/sideBySide/run.ts', ...STACKS]
  const { text } = await run(process.execPath, args, root, { ENTRADA_LOCAL: folder })
  const line = text.split('\n').findLast((one) => one.startsWith('{'))
  if (!line) throw new Error(text)
  errors = JSON.parse(line) as Record<string, string[]>
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['one', 'two', 'three', 'four'])('%s has its own settings and environment, and no errors', (stack) => {
  expect(errors[stack]).toEqual([])
  const file = path.join(folder, 'state', '.pulumi', 'stacks', PROJECT, `${stack}.json`)
  const { checkpoint } = JSON.parse(readFileSync(file, 'utf8')) as {
    checkpoint: { latest: { resources: { type: string; outputs?: object }[] } }
  }
  const outputs = checkpoint.latest.resources.find(({ type }) => type === 'pulumi:pulumi:Stack')!.outputs
  expect(outputs).toEqual({ stack, own: stack, before: stack, after: stack })
})

test('who threw, and who left a promise rejected behind, is told so', () => {
  expect(errors.throws!.join()).toContain('thrown')
  expect(errors.throws!.join()).not.toContain('left behind')
  expect(errors.rejects!.join()).toContain('left behind')
})
