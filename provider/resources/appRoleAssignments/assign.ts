import { type BatchAnswer, type BatchItem, type Graph, isNotFound } from '../../graph/client.ts'
import { query } from '../../graph/odata.ts'
import { servicePrincipalIdOf, servicePrincipalPath } from '../common/ids.ts'
import type { Principal } from './principals.ts'

export interface Assignment {
  id: string
  appRoleId: string
  principalId: string
  principalType: string
  principalDisplayName: string
}

/** Milliseconds that a new principal or application may take to be known where assignments are made. */
const REPLICATION = 120_000

const pathOf = (servicePrincipalId: string) => `${servicePrincipalPath(servicePrincipalId)}/appRoleAssignedTo`

export function listAssignments(graph: Graph, servicePrincipalId: string): Promise<Assignment[]> {
  return graph.collect<Assignment>(`${pathOf(servicePrincipalId)}${query({ $top: 999 })}`)
}

export interface Work {
  add: Principal[]
  remove: Assignment[]
}

/**
 * `dropped` are assignments that this resource made and does not want any more; with `exclusive` all others of users and
 * groups go too.
 */
export function workFor(
  existing: readonly Assignment[],
  wanted: readonly Principal[],
  appRoleId: string,
  dropped: ReadonlySet<string>,
  exclusive: boolean,
): Work {
  const isWanted = (assignment: Assignment) =>
    assignment.appRoleId === appRoleId && wanted.some(({ id }) => id === assignment.principalId)
  return {
    add: wanted.filter(
      ({ id }) => !existing.some((other) => other.principalId === id && other.appRoleId === appRoleId),
    ),
    remove: existing.filter(
      (assignment) =>
        !isWanted(assignment) &&
        (dropped.has(assignment.id) || (exclusive && ['User', 'Group'].includes(assignment.principalType))),
    ),
  }
}

/** New assignments first, so that nobody falls out of scope between the two. */
export async function carryOut(
  graph: Graph,
  servicePrincipalId: string,
  appRoleId: string,
  { add, remove }: Work,
): Promise<Assignment[]> {
  const resourceId = servicePrincipalIdOf(servicePrincipalId)
  const url = pathOf(servicePrincipalId)
  const made: Assignment[] = []
  let open = add.map(
    (principal): BatchItem => ({ method: 'POST', url, body: { principalId: principal.id, resourceId, appRoleId } }),
  )
  await graph.waitFor<void>({
    what: `${add.length} new assignments of service principal ${resourceId} to be taken`,
    timeout: REPLICATION,
    check: async () => {
      const answers = await graph.batch(open)
      const late: BatchItem[] = []
      answers.forEach((answer, index) => {
        if (answer.status < 300) made.push(answer.body as Assignment)
        else if (isNotReplicated(answer)) late.push(open[index]!)
        else if (!isDuplicate(answer)) throw graph.failure(open[index]!, answer)
      })
      open = late
      return open.length === 0
        ? { done: true, value: undefined }
        : { done: false, seen: `${open.length} refused, as their objects are not known yet` }
    },
  })
  await removeAssignments(
    graph,
    servicePrincipalId,
    remove.map(({ id }) => id),
  )
  return made
}

/** What is gone already counts as removed. */
export async function removeAssignments(
  graph: Graph,
  servicePrincipalId: string,
  ids: readonly string[],
): Promise<void> {
  const items = ids.map(
    (id): BatchItem => ({ method: 'DELETE', url: `${pathOf(servicePrincipalId)}/${encodeURIComponent(id)}` }),
  )
  const answers = await graph.batch(items)
  answers.forEach((answer, index) => {
    if (answer.status < 300) return
    const failure = graph.failure(items[index]!, answer)
    if (!isNotFound(failure)) throw failure
  })
}

/** Graph documents no code for these; the texts are what its clients go by. */
function isDuplicate(answer: BatchAnswer): boolean {
  return answer.status === 400 && messageOf(answer).includes('Permission being assigned already exists')
}

function isNotReplicated(answer: BatchAnswer): boolean {
  return answer.status === 404 || (answer.status === 400 && messageOf(answer).includes('Not a valid reference update'))
}

function messageOf({ body }: BatchAnswer): string {
  return (body as { error?: { message?: string } } | undefined)?.error?.message ?? ''
}
