import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readKept } from './kept.ts'
import { openTenant } from './tenant/open.ts'
import { startTestSandbox } from './testing.ts'

const TODO = 'Remove the folder, whose tenant is then made anew, or name another with --data.'

test('what was kept is taken up, and nothing where nothing was', () => {
  expect(readKept({ clockOffsetSeconds: 60, settings: { tickMs: 5 } }, '/data')).toEqual({
    clockOffsetSeconds: 60,
    settings: { tickMs: 5 },
  })
  expect(readKept()).toEqual({ clockOffsetSeconds: 0, settings: {} })
})

test.each<[string, object, string]>([
  [
    'a setting that would hang a cycle',
    { settings: { membersPerRequest: 0 } },
    'Setting "membersPerRequest" cannot be 0',
  ],
  ['a setting of another version', { settings: { shoeSize: 41 } }, 'Unknown setting "shoeSize"'],
  ['a clock beyond all dates', { clockOffsetSeconds: 1e15 }, 'The clock cannot be 1000000000000000 s ahead'],
  ['a clock that goes back', { clockOffsetSeconds: -1 }, 'Allowed: a number of seconds from 0 to'],
  ['a clock that is no number', { clockOffsetSeconds: 'soon' }, 'The clock cannot be "soon" s ahead'],
])('%s is refused with what to do', (_, kept, message) => {
  expect(() => readKept(kept, '/data/tenant')).toThrow('The data folder /data/tenant keeps what the sandbox cannot run')
  expect(() => readKept(kept, '/data/tenant')).toThrow(message)
  expect(() => readKept(kept, '/data/tenant')).toThrow(TODO)
})

test('a sandbox does not start with such a folder', async () => {
  const data = mkdtempSync(join(tmpdir(), 'entrada-kept-'))
  const { tenant, close } = await openTenant(data, { users: 20 })
  tenant.keepsakes.put('sandbox', { settings: { concurrency: 0 } })
  close()
  await expect(startTestSandbox({ data, users: 20 })).rejects.toThrow('Setting "concurrency" cannot be 0')
  rmSync(data, { recursive: true })
})
