/** A rollout as JUnit XML: a suite for each ring, a case for each tenant. What pipelines show by themselves. */
import type { Report } from './report.ts'
import { forecastInShort, inShort, notesOf, type TenantResult, unknownsOf } from './result.ts'

export function junitXml({ id, title = `entrada rollout ${id}`, seconds, tenants }: Report): string {
  const rings = [...new Set(tenants.map(({ ring }) => ring))]
  const suites = rings.map((ring) =>
    suite(
      ring,
      tenants.filter((tenant) => tenant.ring === ring),
    ),
  )
  const totals = totalsOf(tenants)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(title)}" ${totals} time="${seconds}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

const FAILED = ['failed', 'refused']
const SKIPPED = ['notStarted', 'interrupted']

function totalsOf(tenants: readonly TenantResult[]): string {
  const count = (among: readonly string[]) => tenants.filter(({ outcome }) => among.includes(outcome)).length
  return `tests="${tenants.length}" failures="${count(FAILED)}" errors="0" skipped="${count(SKIPPED)}"`
}

function suite(ring: string, tenants: readonly TenantResult[]): string {
  const time = tenants.reduce((sum, { seconds }) => sum + seconds, 0)
  const head = `  <testsuite name="${escaped(ring)}" ${totalsOf(tenants)} time="${time.toFixed(1)}">`
  return [head, ...tenants.map(testcase), '  </testsuite>'].join('\n')
}

function testcase(tenant: TenantResult): string {
  const { stack, ring, seconds, outcome, step, errors, changes, forecast, health } = tenant
  const head = `    <testcase classname="${escaped(ring)}" name="${escaped(stack)}" time="${seconds}"`
  if (SKIPPED.includes(outcome)) return `${head}>\n      <skipped message="${outcome}"/>\n    </testcase>`
  const touched = forecast && `forecast: ${forecastInShort(forecast)}`
  const first = [outcome, inShort(changes), touched, health].filter(Boolean).join('; ')
  const said = [first, ...notesOf(tenant), ...unknownsOf(tenant)].join('\n')
  const failure = FAILED.includes(outcome)
    ? `\n      <failure message="${escaped(`${outcome} at ${step}`)}">${escaped(errors.join('\n'))}</failure>`
    : ''
  return `${head}>${failure}\n      <system-out>${escaped(said)}</system-out>\n    </testcase>`
}

/** Control characters are no part of XML 1.0, escaped or not. */
export function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  )
}
