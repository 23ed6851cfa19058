import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { lastUpdateInFolder, updateOf } from './lastUpdate.ts'
import type { StackStatus } from './model.ts'
import { problemsOf } from './problems.ts'
import { statusText } from './text.ts'

let folder: string
let history: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-backend-'))
  history = path.join(folder, '.pulumi', 'history', 'entrada', 'contoso')
  mkdirSync(history, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (url: string) => lastUpdateInFolder({ stack: 'contoso', env: { PULUMI_BACKEND_URL: url } })

const entry = (kind: string, endTime: number, more: object = {}) =>
  JSON.stringify({ kind, result: 'succeeded', startTime: endTime - 10, endTime, environment: {}, ...more })

test('a folder tells the newest, whatever it was, packed too', () => {
  expect(at(`file://${folder}`)).toBeNull()
  writeFileSync(path.join(history, 'contoso-1795845698607224729.history.json'), entry('update', 1_795_845_698))
  writeFileSync(path.join(history, 'contoso-1795845698607224729.checkpoint.json'), '{')
  writeFileSync(path.join(history, 'contoso-995845698607224729.history.json'), entry('destroy', 995_845_698))
  expect(at(`file://${folder}`)).toEqual({
    kind: 'update',
    result: 'succeeded',
    at: '2026-11-28T06:01:38.000Z',
    by: null,
  })
  const failed = { result: 'failed', environment: { 'ci.system': 'GitHub', 'ci.build.url': 'https://ci.example/7' } }
  writeFileSync(
    path.join(history, 'contoso-1895845698607224729.history.json.gz'),
    gzipSync(entry('refresh', 1_895_845_698, failed)),
  )
  expect(at(`file://${folder}`)).toMatchObject({ kind: 'refresh', result: 'failed', by: 'https://ci.example/7' })
})

test('other backends are not asked', () => {
  expect(at('azblob://state')).toBeNull()
  expect(at(`file://${folder}/not-there`)).toBeNull()
})

test('what the command prints has the same meaning; an update under way has its beginning', () => {
  expect(
    updateOf({
      kind: 'update',
      result: 'in-progress',
      startTime: '2026-03-01T12:00:00.000Z',
      requestedBy: { name: 'Adele' },
    }),
  ).toEqual({ kind: 'update', result: 'in-progress', at: '2026-03-01T12:00:00.000Z', by: 'Adele' })
})

test('one that failed needs a person, and stands in the line', () => {
  const lastUpdate = { kind: 'update', result: 'failed', at: '2026-03-01T09:00:00.000Z', by: null }
  const status = { stack: 'contoso', application: null, lastUpdate } as unknown as StackStatus
  const expected = { status: 'on' as const, kind: 'local' as const, interval: undefined, now: 0 }
  expect(problemsOf(status, expected).map(({ what }) => what)).toEqual([
    'the last update failed (2026-03-01T09:00:00.000Z)',
    'there is no application yet',
  ])
  const line = {
    ...status,
    health: 'attention',
    job: { on: true },
    problems: [],
    unknown: [],
  } as unknown as StackStatus
  expect(statusText([line], Date.parse('2026-03-01T12:00:00Z'))).toContain('last update failed 3 h ago')
})
