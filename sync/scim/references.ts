import type { Dialect, Operation } from './patch.ts'

/** How the value of a manager is written; all three were seen from the service. */
export type ManagerForm = 'text' | 'object' | 'array'

/** Sets a single reference such as the manager to a target id, or clears it with null. */
export function referenceOperation(
  path: string,
  targetId: string | null,
  hadValue: boolean,
  dialect: Dialect,
  form: ManagerForm = 'text',
): Operation {
  const op = targetId !== null && !hadValue ? 'Add' : 'Replace'
  const id = targetId ?? ''
  const value = form === 'text' ? id : form === 'object' ? { value: id } : [{ value: id }]
  return { op: dialect === 'legacy' ? op : op.toLowerCase(), path, value }
}

/**
 * Operations that add and remove members of a group, in batches of at most `atMost` members; each batch is one request.
 * Source: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint", group requests, and "Known issues and
 * resolutions with SCIM 2.0 protocol compliance" for the removal by filter.
 */
export function memberOperations(
  path: string,
  added: readonly string[],
  removed: readonly string[],
  dialect: Dialect,
  atMost: number,
): Operation[][] {
  const requests: Operation[][] = []
  for (const ids of chunks(added, atMost)) {
    requests.push([{ op: dialect === 'legacy' ? 'Add' : 'add', path, value: ids.map(reference) }])
  }
  for (const ids of chunks(removed, atMost)) {
    requests.push(
      dialect === 'legacy'
        ? [{ op: 'Remove', path, value: ids.map(reference) }]
        : ids.map((id) => ({ op: 'remove', path: `${path}[value eq ${JSON.stringify(id)}]` })),
    )
  }
  return requests
}

const reference = (value: string): { $ref: null; value: string } => ({ $ref: null, value })

function chunks<T>(list: readonly T[], size: number): T[][] {
  const out: T[][] = []
  for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size))
  return out
}
