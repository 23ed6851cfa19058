import { describe, expect, test } from '@jest/globals'
import type { LogEvent } from '../logs/events.ts'
import { exitCode } from './command.ts'
import type { StackStatus } from './model.ts'
import { problemsOf } from './problems.ts'
import { escaped, prometheusText } from './prometheus.ts'
import { jobFacts } from './read.ts'
import { summarize } from './summary.ts'
import { statusText } from './text.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const MINUTE = 60_000
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * MINUTE).toISOString()

const well: StackStatus = {
  stack: 'contoso',
  labels: ['eu'],
  health: 'healthy',
  tenantId: 't',
  application: { displayName: 'M-Files', applicationId: 'a', servicePrincipalId: 's' },
  job: { id: 'j', on: true, code: 'Active' },
  lastCycle: { state: 'Succeeded', began: at(12), ended: at(10), code: '', message: '' },
  nextCycle: at(-28),
  progress: null,
  synchronized: { users: 214, groups: 2 },
  inError: 0,
  quarantine: null,
  log: summarize([], NOW, true),
  licences: null,
  secretExpires: null,
  lastUpdate: null,
  problems: [],
  unknown: [],
  requests: 3,
}

const event = (id: string, outcome: LogEvent['outcome'], more: Partial<LogEvent> = {}): LogEvent => ({
  id: `${id}-${outcome}`,
  at: at(1),
  cycleId: 'c',
  action: 'update',
  outcome,
  source: { id, name: `${id}@contoso.example`, type: 'user' },
  targetId: '',
  reason: outcome === 'failure' ? { code: 'EntryConflict', text: 'it said 409', fix: 'Change it.' } : null,
  changes: [],
  steps: [],
  milliseconds: 1,
  ...more,
})

test('the log in sum: who fails is who failed last, not who failed once', () => {
  const group = { id: 'g', name: 'g', type: 'group' }
  const summary = summarize(
    [
      event('adele', 'failure'),
      event('megan', 'success'),
      event('megan', 'failure'),
      event('adele', 'failure', { at: at(90) }),
      event('diego', 'success', { action: 'create' }),
      event('lee', 'skipped', { action: 'other' }),
      event('g', 'success', { action: 'delete', source: group }),
    ],
    NOW - 1440 * MINUTE,
    false,
  )
  expect(summary).toMatchObject({
    since: '2026-02-28T12:00:00.000Z',
    complete: false,
    users: { created: 1, updated: 1, disabled: 0, deleted: 0, skipped: 1, failed: 3 },
    groups: { deleted: 1 },
    failing: [{ id: 'adele', times: 2, code: 'EntryConflict', at: at(1), fix: 'Change it.' }],
  })
})

describe('what needs a person', () => {
  const expected = { status: 'on' as const, kind: 'local' as const, interval: 40 * MINUTE, now: NOW }
  const problems = (change: Partial<StackStatus>, more = {}) =>
    problemsOf({ ...well, ...change }, { ...expected, ...more }).map(({ what, fix }) => `${what} → ${fix}`)

  test('nothing where all is well, nor where it is off as the file has it', () => {
    expect(problems({})).toEqual([])
    expect(problems({ job: { id: 'j', on: false, code: 'Paused' } }, { status: 'off' })).toEqual([])
    expect(problems({ lastCycle: null })).toEqual([])
  })

  test.each<[string, Partial<StackStatus>, RegExp]>([
    [
      'no application',
      { application: null, job: null },
      /^there is no application yet → .*pulumi -- up --refresh --stack contoso$/,
    ],
    ['no job', { job: null }, /^provisioning is not set up yet → /],
    ['stopped', { job: { id: 'j', on: false, code: 'Paused' } }, /^provisioning is stopped \(Paused\)/],
    [
      'quarantine',
      {
        quarantine: {
          reason: 'TooManyDeletes',
          code: '',
          message: 'held\n back',
          began: at(5),
          nextAttempt: at(-5),
        },
      },
      /^in quarantine since .*, deletions are held back: held back → Look at the deletions/,
    ],
    [
      'a failed cycle',
      { lastCycle: { ...well.lastCycle!, state: 'Failed', code: 'InternalError', message: 'm' } },
      /^the last cycle failed: InternalError, m → /,
    ],
    ['missed cycles', { lastCycle: { ...well.lastCycle!, ended: at(161) } }, /^no cycle has ended for 3 h → /],
    ['errors older than the log', { inError: 3 }, /^3 objects are in error .*logs contoso --failed --since 30d/],
    ['waiting users', { licences: { licensed: 30, waiting: 2 } }, /^2 users wait for a licence → /],
    ['a secret that ends', { secretExpires: at(-1440 * 29) }, /^the client secret ends in 29 days → .*rotation/],
    ['a secret that ended', { secretExpires: at(60) }, /^the client secret ended 60 min ago → /],
  ])('%s', (_, change, message) => {
    expect(problems(change)).toEqual([expect.stringMatching(message)])
  })

  test('a secret of another target is replaced by hand', () => {
    expect(problems({ secretExpires: '2026-02-28' }, { kind: 'external' })).toEqual([
      'the client secret ended 36 h ago → npx entrada rotate contoso --expires <day>',
    ])
  })

  test('failures of one kind are one problem, with the fix', () => {
    const failing = summarize([event('a', 'failure'), event('b', 'failure')], NOW, true)
    expect(problems({ log: failing, inError: 2 })).toEqual([
      'a@contoso.example and 1 more fail (EntryConflict): it said 409 → Change it.',
    ])
  })

  test('missed cycles are not told where the schedule has none, nor a secret that has long to go', () => {
    expect(problems({ lastCycle: { ...well.lastCycle!, ended: at(1e6) } }, { interval: undefined })).toEqual([])
    expect(problems({ secretExpires: at(-1440 * 31) })).toEqual([])
  })
})

describe('a job as Graph tells it (graph-api.md 3.3)', () => {
  const job = {
    id: 'j',
    templateId: 'scim',
    schedule: { state: 'Active', interval: 'PT40M' },
    status: {
      code: 'Active',
      lastExecution: { state: 'EntryLevelErrors', timeBegan: at(12), timeEnded: at(10), countEscrowed: 4 },
      quarantine: null,
      progress: [{ completedUnits: 3, totalUnits: 9 }],
      synchronizedEntryCountByType: [
        { key: 'user to User', value: 5 },
        { key: 'User to User', value: 2 },
        { key: 'Group to Group', value: 1 },
        { key: null, value: 9 },
      ],
    },
  }

  test('counts add up whatever the case of their keys; the next cycle follows from the schedule', () => {
    expect(jobFacts(job)).toMatchObject({
      synchronized: { users: 7, groups: 1 },
      inError: 4,
      progress: { completed: 3, total: 9 },
      nextCycle: at(-28),
    })
  })

  test('one that was just started has no cycle, one without a status is unknown, one that is off has no next', () => {
    const never = { state: 'Failed', timeBegan: '0001-01-01T00:00:00Z', timeEnded: '0001-01-01T00:00:00Z' }
    const fresh = jobFacts({ ...job, status: { ...job.status, code: 'NotRun', lastExecution: never } })
    expect(fresh).toMatchObject({ lastCycle: null, inError: null, nextCycle: null })
    expect(jobFacts({ ...job, status: null })).toMatchObject({ job: { code: 'Unknown' }, synchronized: null })
    expect(jobFacts({ ...job, schedule: { state: 'Disabled', interval: 'PT40M' } }).nextCycle).toBeNull()
  })
})

test('as text: a line each, problems with what to do, what is unknown, the sum', () => {
  const problem = { what: 'in quarantine', fix: 'Do this.' }
  const lost = { ...well, stack: 'lost', health: 'unknown' as const, job: null, unknown: ['could not\nsign in'] }
  const text = statusText([well, { ...well, stack: 'b', health: 'attention', problems: [problem] }, lost], NOW)
  expect(text.split('\n')).toEqual([
    'contoso  healthy    214 users, 2 groups, cycle ended 10 min ago, next in 28 min',
    'b        needs you  214 users, 2 groups, cycle ended 10 min ago, next in 28 min',
    '  ! in quarantine',
    '    Do this.',
    'lost     unknown',
    '  ? could not sign in',
    '',
    '3 stacks: 1 healthy, 1 need a person, 1 unknown',
  ])
})

test('for Prometheus: each sample of a family together, values escaped, no sample for what is not known', () => {
  const odd = 'a"b\\c\nd'
  expect(escaped(odd)).toBe('a\\"b\\\\c\\nd')
  const text = prometheusText([well, { ...well, stack: odd, inError: null, job: null, quarantine: null }])
  expect(text).toContain('entrada_synchronized_objects{stack="contoso",type="users"} 214\n')
  expect(text).toContain(`entrada_last_cycle_end_timestamp_seconds{stack="contoso"} ${(NOW - 10 * MINUTE) / 1000}\n`)
  expect(text.match(/^entrada_objects_in_error.*$/gm)).toEqual(['entrada_objects_in_error{stack="contoso"} 0'])
  expect(text.match(/^entrada_(job_on|quarantine)\{.*$/gm)).toHaveLength(2)
  const line =
    /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*\{([a-zA-Z_]\w*="([^"\\\n]|\\["\\n])*",?)+\} -?[\d.]+)$/
  for (const one of text.trimEnd().split('\n')) expect(one).toMatch(line)
  const families = text.match(/^# TYPE (\S+)/gm)!
  expect(new Set(families).size).toBe(families.length)
})

test.each([
  [[well], 0],
  [[well, { ...well, health: 'unknown' as const, unknown: ['x'] }], 3],
  [
    [
      { ...well, health: 'unknown' as const, unknown: ['x'] },
      { ...well, health: 'attention' as const },
    ],
    2,
  ],
  [[], 0],
])('exit code', (statuses, code) => {
  expect(exitCode(statuses)).toBe(code)
})
