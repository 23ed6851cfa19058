import { shown } from '../../../sync/flow.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { type Resource, readPath } from '../../../sync/scim/path.ts'
import type { LogRecord, ModifiedProperty } from '../../tenant/model.ts'
import type { Clock } from '../../tenant/store.ts'

/** What the records of one cycle share. */
export interface LogContext {
  readonly cycleId: string
  readonly job: { readonly id: string; readonly servicePrincipalId: string }
  readonly clock: Clock
}

/** What is told of one object. */
export type LogFacts = Omit<
  LogRecord,
  'id' | 'jobId' | 'cycleId' | 'servicePrincipalId' | 'activityDateTime' | 'durationMs' | 'mapping'
> & {
  rules: ObjectRules
  /** `performance.now()` when work on the object began. */
  began: number
}

export function logRecord({ cycleId, job, clock }: LogContext, { rules, began, ...facts }: LogFacts): LogRecord {
  return {
    id: crypto.randomUUID(),
    jobId: job.id,
    cycleId,
    servicePrincipalId: job.servicePrincipalId,
    activityDateTime: new Date(clock.now()).toISOString(),
    durationMs: Math.round(performance.now() - began),
    mapping: rules.names,
    ...facts,
  }
}

/** @param writes what was written; `before` what the target held there */
export function modifiedProperties(writes: readonly Write[], before: Resource): ModifiedProperty[] {
  return writes.map((write) => {
    const old = readPath(before, write.target.path)
    const oldText = typeof old === 'object' ? JSON.stringify(old) : String(old)
    const oldValue = old === undefined ? null : write.redacted ? '[Redact]' : oldText
    return { displayName: write.target.path.text, oldValue, newValue: shown(write) }
  })
}
