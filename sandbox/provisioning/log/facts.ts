import { shown } from '../../../sync/flow.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { type Resource, readPath } from '../../../sync/scim/path.ts'

export type LogAction = 'create' | 'update' | 'disable' | 'delete' | 'stagedDelete' | 'other'

export interface ModifiedProperty {
  displayName: string
  oldValue: string | null
  newValue: string | null
}

/** How the scope of an object was determined. */
export interface ScopeFacts {
  active: boolean
  assigned: boolean
  /** Assigned, or everything is synchronized, and passing the scoping filters. */
  inScope: boolean
  /** Each clause of the scoping filter, by its text. */
  clauses: Record<string, boolean>
}

/** What happened to one object, to be shown as Graph's provisioningObjectSummary. */
export interface LogFacts {
  rules: ObjectRules
  objectId: string
  displayName: string
  /** Null for a group. */
  userPrincipalName: string | null
  targetId: string | null
  action: LogAction
  status: 'success' | 'failure' | 'skipped'
  /** Absent where an object that was scoped before has its references written. */
  scope?: ScopeFacts
  /** Queries sent to find the object at the target; absent for one that was linked already. */
  filters?: readonly string[]
  modified?: ModifiedProperty[]
  error?: { code: string; message: string }
  /** When the failed object is tried again. */
  retry?: { attempts: number; at: string }
  skipReason?: string
  /** `performance.now()` when work on the object began. */
  began: number
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
