import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { htmlPage } from './html.ts'
import { escaped, junitXml } from './junit.ts'
import { plainWatch } from './progress.ts'
import { countsOf, exitCodeOf, type Report, reportText } from './report.ts'
import type { TenantResult } from './result.ts'
import { resultOf } from './testing.ts'

const EVIL = `<script>alert("x")</script> & 'y' ]]>\u0007`

function reportOf(tenants: TenantResult[], more: Partial<Report> = {}): Report {
  const rest = { id: 'r1', began: '2026-01-01T00:00:00Z', seconds: 12, commit: 'abc', preview: false, stopped: '' }
  return { ...rest, exitCode: 0, counts: countsOf(tenants), tenants, ...more }
}

const change = {
  op: 'update',
  type: 'entrasync:index:ProvisioningJob',
  name: 'tenant-provisioning',
  protect: false,
  properties: [{ path: 'notificationEmail', before: undefined, after: 'a@contoso.example' }],
}
const tenants = [
  resultOf('contoso', { outcome: 'updated', step: 'gate', changes: [change], seconds: 3.25, health: '0 in error' }),
  resultOf('fabrikam', { outcome: 'failed', step: 'preview', errors: ['no such group\nask for it'], ring: 'late' }),
  resultOf('adatum', { ring: 'late' }),
]

test('as text: a line a tenant, what went wrong below it, the sum, why it stopped', () => {
  expect(reportText(reportOf(tenants, { stopped: 'ring late: 1 failed' })).split('\n')).toEqual([
    '',
    'canary  contoso      3.3 s  updated: 1 update; 0 in error',
    'late    fabrikam     0.0 s  FAILED',
    '    no such group',
    '    ask for it',
    'late    adatum       0.0 s  not started',
    '',
    '1 updated, 1 failed, 1 notStarted in 12 s (rollout r1)',
    'stopped: ring late: 1 failed',
  ])
})

test('a preview shows each property', () => {
  const text = reportText(
    reportOf([resultOf('contoso', { outcome: 'previewed', changes: [change] })], { preview: true }),
  )
  expect(text).toContain(
    "    update ProvisioningJob 'tenant-provisioning'\n      notificationEmail: nothing → a@contoso.example",
  )
})

const forecast = { creates: 5, matches: 0, updates: 0, disables: 2, refusals: 1, exceeded: [], unknowns: ['the time'] }
const advised = resultOf('contoso', {
  outcome: 'previewed',
  step: 'forecast',
  forecast,
  warnings: ['two people\nare disabled'],
  policies: [
    { policy: 'failure-mail', level: 'advisory', resource: 'tenant-provisioning', message: 'no mail' },
    { policy: 'scope-reason', level: 'mandatory', resource: 'tenant-provisioning', message: 'an error says it' },
  ],
})
const ADVICE = [
  'warning: two people',
  'are disabled',
  'policy failure-mail (advisory, tenant-provisioning): no mail',
  'not known: the time',
]

test('who would be touched, warnings and advice are in each form', () => {
  const report = reportOf([advised], { preview: true })
  const touched = 'forecast: 5 created, 2 disabled, 1 refused'
  const lines = reportText(report).split('\n').slice(1, 6)
  expect(lines).toEqual([`canary  contoso     0.0 s  previewed: ${touched}`, ...ADVICE.map((line) => `    ${line}`)])
  expect(junitXml(report)).toContain(`<system-out>previewed; ${touched}\n${ADVICE.join('\n')}</system-out>`)
  const html = htmlPage(report)
  expect(html).toContain('<td>5 created, 2 disabled, 1 refused</td>')
  for (const line of ADVICE) expect(html).toContain(line)
  expect(reportText(reportOf([{ ...advised, outcome: 'updated' }]))).not.toContain('not known')
})

test('nobody touched is said too; a failure keeps its warnings', () => {
  const none = { ...forecast, creates: 0, disables: 0, refusals: 0 }
  expect(reportText(reportOf([{ ...advised, forecast: none }]))).toContain('previewed: forecast: nobody is touched\n')
  const xml = junitXml(reportOf([{ ...advised, outcome: 'refused', errors: ['too many'] }]))
  expect(xml).toMatch(/<failure message="refused at forecast">too many<\/failure>\n +<system-out>refused; forecast: 5/)
})

test('as JUnit: a suite a ring, a case a tenant, failures with their text', () => {
  const xml = junitXml(reportOf(tenants))
  expect(xml).toContain(
    '<testsuites name="entrada rollout r1" tests="3" failures="1" errors="0" skipped="1" time="12">',
  )
  expect(xml).toContain('<testsuite name="late" tests="2" failures="1" errors="0" skipped="1" time="0.0">')
  expect(xml).toContain('<failure message="failed at preview">no such group\nask for it</failure>')
  expect(xml).toContain('<skipped message="notStarted"/>')
})

test('names and errors are text, whatever they hold', () => {
  const evil = reportOf(
    [
      resultOf(EVIL, {
        outcome: 'failed',
        ring: EVIL,
        errors: [EVIL],
        health: EVIL,
        warnings: [EVIL],
        changes: [{ ...change, name: EVIL, properties: [{ path: EVIL, before: EVIL, after: EVIL }] }],
        policies: [{ policy: EVIL, level: 'advisory', resource: 'r', message: EVIL }],
      }),
    ],
    { stopped: EVIL, commit: EVIL },
  )
  const html = htmlPage(evil)
  expect(html.match(/<script>/g)).toHaveLength(1)
  expect(html).not.toContain('alert("x")')
  expect(junitXml(evil)).not.toContain('<script>')
  expect(junitXml(evil)).not.toContain('\u0007')
})

test('the page needs nothing from elsewhere, and says so to the browser', () => {
  const html = htmlPage(reportOf(tenants))
  expect(html).toContain("default-src 'none'")
  expect(html).not.toMatch(/(src|href)=|@import|url\(/)
  expect(html.match(/<tbody>/g)).toHaveLength(3)
})

test('escaped text holds no markup, and is the same text again', () => {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const safe = escaped(text)
      expect(safe).not.toMatch(/[<>"']/)
      const back = safe.replaceAll(/&(#39|\w+);/g, (_, name) => names[name as keyof typeof names])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold
      expect(back).toBe(text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd'))
    }),
  )
})

test.each([
  [['updated', 'unchanged'], {}, 0],
  [['updated', 'failed'], {}, 1],
  [['failed', 'notStarted'], { stopped: 'ring canary: 1 failed' }, 1],
  [['updated', 'notStarted'], { stopped: 'ring late waits for approval' }, 3],
  [['refused', 'failed'], { stopped: 'x' }, 3],
  [['interrupted', 'failed'], { interrupted: true, stopped: 'interrupted' }, 130],
  [['updated'], { broken: true, stopped: 'no space left' }, 1],
] as const)('the exit code of %j with %j is %i', (outcomes, more, code) => {
  const among = outcomes.map((outcome) => ({ outcome }))
  expect(exitCodeOf(among, { interrupted: false, broken: false, stopped: '', ...more })).toBe(code)
})

test('without a terminal each step is a line', () => {
  const lines: string[] = []
  const watch = plainWatch((line) => lines.push(line))
  watch.step('contoso', 'update')
  watch.ended(tenants[0]!)
  expect(lines).toEqual(['[contoso] updating …', '[contoso] updated: 1 update; 0 in error'])
})
