/** Drift in the form of a rollout's report, so that one reader takes both. */
import type { Change, Origin } from '../engine/changes.ts'
import { countsOf, EXIT, type ExitCode, type Report } from '../rollout/report.ts'
import { blankResult, type TenantResult } from '../rollout/result.ts'
import { type StackDrift, verdict } from './report.ts'

/** What one stack took: ISO 8601, and seconds. */
export interface Took {
  began: string
  seconds: number
}

/** A stack that differs is `refused`, with a line for each resource in `errors`. */
export function tenantResult(drift: StackDrift, ring: string, took: Took): TenantResult {
  const blank = { ...blankResult(drift.stack, ring), ...took }
  if (drift.error !== undefined) return { ...blank, outcome: 'failed', step: 'read', errors: drift.error.split('\n') }
  const { changes, warnings, unknown, unchanged } = drift
  const who = unknown ? [`who: not known (${unknown})`] : []
  const outcome = verdict(drift) === 'drifted' ? 'refused' : 'unchanged'
  return { ...blank, outcome, step: 'preview', changes, unchanged, warnings, errors: [...changes.map(lineOf), ...who] }
}

/** `changed: ProvisioningJob 'tenant-provisioning', by adele@contoso.example, 2026-03-01T09:12:44Z` */
function lineOf({ op, type, name, origin, properties }: Change): string {
  const origins = [origin, ...properties.map((property) => property.origin)].filter((one): one is Origin => !!one)
  const by = new Set(origins.map(({ by: whom, at }) => `, by ${whom}, ${at}`))
  return `${op === 'delete' ? 'gone' : 'changed'}: ${type.split(':').at(-1)} '${name}'${[...by].join('')}`
}

/** @param began milliseconds since the epoch, as `ended` */
export function driftReport(tenants: TenantResult[], began: number, ended: number): Report {
  const at = new Date(began).toISOString()
  return {
    title: `Drift ${at}`,
    id: at,
    began: at,
    seconds: Math.round((ended - began) / 100) / 10,
    commit: '',
    preview: true,
    exitCode: exitCodeOf(tenants),
    stopped: '',
    counts: countsOf(tenants),
    tenants,
  }
}

function exitCodeOf(tenants: readonly TenantResult[]): ExitCode {
  if (tenants.some(({ outcome }) => outcome === 'failed')) return EXIT.failed
  return tenants.some(({ outcome }) => outcome === 'refused') ? EXIT.stopped : EXIT.done
}
