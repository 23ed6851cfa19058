import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { tables } from './format.ts'

const directory = mkdtempSync(join(tmpdir(), 'scim-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function scim(command: string, input = ''): string {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const args = ['--no-warnings', main, command, '--data', directory, '--tenant', 'moved']
  return execFileSync(process.execPath, args, { input, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1e8 })
}

test('a file given on standard input is imported to its last line, however soon it comes, and exported again', () => {
  const now = '2026-01-01T00:00:00+00:00'
  const count = 3_000
  const users = Array.from({ length: count }, (_, n) => ({
    resource: {
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      type: 'User',
      ...{ seq: n + 1, version: 1, attrs: { userName: `u${n}`, active: true }, created: now, modified: now },
      ...{ base_licence: 'none', licence_type: 'none', licence_state: 'none' },
    },
  }))
  const header = {
    format: 'entrada-scim-tenant',
    version: 1,
    exported: now,
    tenant: { name: 'first', display_name: 'First', created: now, settings: {} },
  }
  const end = { ...Object.fromEntries(Object.keys(tables).map((table) => [table, 0])), resource: count }
  scim('import', [header, ...users, { end }].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const exported = scim('export')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(exported[0].tenant).toMatchObject({ name: 'moved', display_name: 'First' })
  expect(exported.filter((line) => line.resource).map((line) => line.resource.attrs.userName)).toEqual(
    users.map(({ resource }) => resource.attrs.userName),
  )
}, 120_000)
