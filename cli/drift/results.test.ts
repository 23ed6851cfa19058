import { expect, test } from '@jest/globals'
import type { Change } from '../engine/changes.ts'
import { htmlPage } from '../rollout/html.ts'
import { junitXml } from '../rollout/junit.ts'
import { driftMarkdown, driftText, type StackDrift } from './report.ts'
import { driftReport, tenantResult } from './results.ts'

const began = Date.parse('2026-03-01T10:00:00Z')
const took = { began: '2026-03-01T10:00:00.000Z', seconds: 1.5 }
const by = {
  at: '2026-03-01T09:12:44Z',
  by: 'adele@contoso.example',
  activity: 'Update provisioning setting or credentials',
}
const scope: Change = {
  op: 'update',
  type: 'entrasync:index:ProvisioningJob',
  name: 'tenant-provisioning',
  protect: false,
  properties: [{ path: 'scope', before: 'assigned', after: 'all', origin: by }],
}
const found: [StackDrift, string][] = [
  [{ stack: 'contoso', changes: [scope], unchanged: 3, warnings: [], unknown: null }, 'canary'],
  [{ stack: 'fabrikam', changes: [], unchanged: 4, warnings: [], unknown: null }, 'rest'],
  [{ stack: 'umbrella', error: 'no such tenant' }, 'rest'],
]
const reportOf = (some: typeof found) =>
  driftReport(
    some.map(([drift, ring]) => tenantResult(drift, ring, took)),
    began,
    began + 4_200,
  )

test('drift is a report as a rollout has it: what differs is refused, what cannot be read failed', () => {
  const report = reportOf(found)
  expect(report).toMatchObject({ exitCode: 1, seconds: 4.2, counts: { unchanged: 1, refused: 1, failed: 1 } })
  expect(report.tenants).toMatchObject([
    {
      stack: 'contoso',
      ring: 'canary',
      outcome: 'refused',
      changes: [scope],
      errors: ["changed: ProvisioningJob 'tenant-provisioning', by adele@contoso.example, 2026-03-01T09:12:44Z"],
      ...took,
    },
    { stack: 'fabrikam', outcome: 'unchanged', unchanged: 4, errors: [] },
    { stack: 'umbrella', outcome: 'failed', step: 'read', errors: ['no such tenant'] },
  ])
  expect(reportOf(found.slice(0, 2)).exitCode).toBe(3)
  expect(reportOf(found.slice(1, 2)).exitCode).toBe(0)
})

test('and is written by the same writers', () => {
  const xml = junitXml(reportOf(found))
  expect(xml).toContain('<testsuites name="Drift 2026-03-01T10:00:00.000Z" tests="3" failures="2"')
  expect(xml).toContain('<testcase classname="canary" name="contoso" time="1.5">')
  expect(xml).toMatch(/<failure message="refused at preview">changed: ProvisioningJob .*by adele@contoso\.example/)
  const page = htmlPage(reportOf(found))
  expect(page).toContain('<title>Drift 2026-03-01T10:00:00.000Z</title>')
  expect(page).toContain('scope: assigned → all')
})

test('what a caller may never read does not fail a run, and is said each time', () => {
  const warnings = ['not compared: scope, which takes more', 'something else']
  const quiet: StackDrift = { stack: 'contoso', changes: [], unchanged: 3, warnings, unknown: null }
  expect(reportOf([[quiet, 'rest']])).toMatchObject({ exitCode: 0, counts: { unchanged: 1 } })
  expect(driftText([quiet])).toBe('contoso  as its last update left it\n    not compared: scope, which takes more')
  expect(driftMarkdown([quiet])).toBe('### `contoso`: no drift\n\nNot compared: scope, which takes more.\n')
  const loud = { ...quiet, changes: [scope] }
  expect(driftText([loud])).toContain('    not compared: scope')
  expect(driftMarkdown([loud])).toContain('not compared: scope')
})
