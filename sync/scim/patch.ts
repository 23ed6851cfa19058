import type { Write } from './body.ts'
import { type Resource, readPath } from './path.ts'
import { roleOperation, rolesDiffer } from './roles.ts'
import { missingValues, sameValue } from './target.ts'

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/**
 * How PATCH requests are written: as the service did at first, or as RFC 7644 asks.
 * Source: Microsoft Learn, "Known issues and resolutions with SCIM 2.0 protocol compliance".
 */
export type Dialect = 'legacy' | 'compliant'

export interface Operation {
  op: string
  path?: string
  value?: unknown
}

export interface PatchBody {
  schemas: string[]
  Operations: Operation[]
}

export function patchBody(operations: Operation[]): PatchBody {
  return { schemas: [PATCH_OP], Operations: operations }
}

/** Templates of applications that are not in the gallery; these keep the legacy dialect unless the URL asks otherwise. */
const NON_GALLERY = new Set(['scim', 'customappsso', 'isvonboarding'])

/** Dialect by the flag in the query of the tenant URL, else by the kind of application. */
export function dialectOf(tenantUrl: string, templateId: string): Dialect {
  if (/[?&]aadOptscim062020/i.test(tenantUrl)) return 'compliant'
  if (/[?&]AzureAdScimPatch2017/i.test(tenantUrl)) return 'legacy'
  return NON_GALLERY.has(templateId.toLowerCase()) ? 'legacy' : 'compliant'
}

/** The writes that the target's current state lacks. */
export function differences(writes: readonly Write[], current: Resource): Write[] {
  return writes.filter(({ target, value, condition, roles }) => {
    const held = readPath(current, target.path)
    if (roles) return !sameValue(target, value, held) && rolesDiffer(roles, current.roles)
    if (condition === 'ifAbsent') return held === undefined
    if (condition === 'addValues') return missingValues(value, held).length > 0
    return condition === 'always' || !sameValue(target, value, held)
  })
}

/**
 * PATCH operations that bring `current` to hold `writes`; empty when it already does. An attribute absent from the
 * target's reply is added, a different one replaced.
 */
export function patchOperations(writes: readonly Write[], current: Resource, dialect: Dialect): Operation[] {
  const roleOperations: Operation[] = []
  const changes = differences(writes, current).flatMap((write): Change[] => {
    const operation = write.roles && roleOperation(write.roles, write.value, dialect)
    if (operation) {
      roleOperations.push(operation)
      return []
    }
    const held = readPath(current, write.target.path)
    if (write.condition === 'addValues') return [{ ...write, value: missingValues(write.value, held), op: 'Add' }]
    return [{ ...write, op: held === undefined ? 'Add' : 'Replace' }]
  })
  const operations = dialect === 'legacy' ? changes.map(legacyOperation) : compliantOperations(changes)
  return [...operations, ...roleOperations]
}

type Change = Write & { op: 'Add' | 'Replace' }

function legacyOperation({ op, target, value }: Change): Operation {
  const written = typeof value === 'boolean' ? (value ? 'True' : 'False') : value
  return { op, path: target.path.text, value: written }
}

/** Elements of multi-valued attributes keep an operation each; the rest is merged into one without a path. */
function compliantOperations(changes: readonly Change[]): Operation[] {
  const separate: Operation[] = []
  const merged: Record<'add' | 'replace', Record<string, unknown>> = { add: {}, replace: {} }
  for (const { op, target, value } of changes) {
    const lower = op === 'Add' ? 'add' : 'replace'
    if (target.path.element || target.multivalued) separate.push({ op: lower, path: target.path.text, value })
    else merged[lower][target.path.text] = value
  }
  for (const op of ['add', 'replace'] as const) {
    if (Object.keys(merged[op]).length > 0) separate.push({ op, value: merged[op] })
  }
  return separate
}
