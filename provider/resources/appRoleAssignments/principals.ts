import { type BatchAnswer, type BatchItem, type Graph, type Look, WaitTimeout } from '../../graph/client.ts'
import { isObjectId, literal, query } from '../../graph/odata.ts'
import { nearest } from '../common/near.ts'

export interface Principal {
  name: string
  id: string
  displayName: string
  type: 'User' | 'Group'
  /** Only users can be disabled. */
  disabled: boolean
  /** Only groups can be other than security groups. */
  securityEnabled: boolean
  /** Only groups can have members by a rule, which is evaluated some time after it was given. */
  dynamic: boolean
}

interface DirectoryObject {
  id: string
  displayName: string
  userPrincipalName?: string
  accountEnabled?: boolean
  securityEnabled?: boolean
  groupTypes?: string[]
}

interface Wanted {
  type: Principal['type']
  name: string
}

interface Wrong {
  want: Wanted
  /** None, or more than one. */
  found: DirectoryObject[]
}

const FIELDS = {
  User: 'id,displayName,userPrincipalName,accountEnabled',
  Group: 'id,displayName,securityEnabled,groupTypes',
}

interface Names {
  groups: readonly string[]
  users: readonly string[]
}

/**
 * All users and groups by name or id, in batches of requests; all that is unknown or ambiguous is said at once.
 *
 * @param patience milliseconds to wait for what is named by its object id and is not there: the program may have just
 *   made it, and the directory not show it everywhere yet
 */
export async function resolvePrincipals(graph: Graph, names: Names, patience = 0): Promise<Principal[]> {
  const wanted = wantedIn(names)
  const known = new Map<Wanted, Principal>()
  let wrong: Wrong[] = []
  const check = async (): Promise<Look<void>> => {
    wrong = await lookFor(
      graph,
      wanted.filter((want) => !known.has(want)),
      known,
    )
    const hopeless = wrong.some(({ want, found }) => found.length > 0 || !isObjectId(want.name))
    if (hopeless || wrong.length === 0) return { done: true, value: undefined }
    return { done: false, seen: `${wrong.length} are not known` }
  }
  try {
    await graph.waitFor({ what: 'who is to be assigned to be known', timeout: patience, check })
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error
  }
  if (wrong.length > 0) throw new Error(await explain(graph, wrong))
  return dropTwins(wanted.map((want) => known.get(want)!))
}

function wantedIn({ groups, users }: Names): Wanted[] {
  return unique([
    ...groups.map((name): Wanted => ({ type: 'Group', name })),
    ...users.map((name): Wanted => ({ type: 'User', name })),
  ])
}

/** Puts what is there into `known`. @returns the rest */
async function lookFor(graph: Graph, wanted: readonly Wanted[], known: Map<Wanted, Principal>): Promise<Wrong[]> {
  const items = wanted.map(lookUp)
  const answers = await graph.batch(items)
  const wrong: Wrong[] = []
  wanted.forEach((want, index) => {
    const found = matches(graph, items[index]!, answers[index]!)
    if (found.length === 1) known.set(want, principalOf(want.name, want.type, found[0]!))
    else wrong.push({ want, found })
  })
  return wrong
}

function unique(wanted: Wanted[]): Wanted[] {
  return [...new Map(wanted.map((want) => [`${want.type} ${want.name.toLowerCase()}`, want])).values()]
}

/** The same person may be named by id and by name. */
function dropTwins(principals: Principal[]): Principal[] {
  return [...new Map(principals.toReversed().map((principal) => [principal.id, principal])).values()].toReversed()
}

/** Groups are looked for by filter also by id, and users by key also by name: both answer without a second request. */
function lookUp({ type, name }: Wanted): BatchItem {
  const $select = FIELDS[type]
  if (type === 'User') return { method: 'GET', url: `/users/${encodeURIComponent(name)}${query({ $select })}` }
  if (isObjectId(name)) return { method: 'GET', url: `/groups/${name}${query({ $select })}` }
  return { method: 'GET', url: `/groups${query({ $filter: `displayName eq ${literal(name)}`, $select })}` }
}

function matches(graph: Graph, item: BatchItem, answer: BatchAnswer): DirectoryObject[] {
  if (answer.status === 404) return []
  if (answer.status >= 300) throw graph.failure(item, answer)
  const body = answer.body as DirectoryObject | { value: DirectoryObject[] }
  return 'value' in body ? body.value : [body]
}

function principalOf(name: string, type: Principal['type'], object: DirectoryObject): Principal {
  return {
    name,
    id: object.id,
    displayName: object.displayName,
    type,
    disabled: object.accountEnabled === false,
    securityEnabled: object.securityEnabled !== false,
    dynamic: object.groupTypes?.includes('DynamicMembership') ?? false,
  }
}

async function explain(graph: Graph, wrong: readonly Wrong[]): Promise<string> {
  const near = await nearNames(
    graph,
    wrong.filter(({ found }) => found.length === 0).map(({ want }) => want),
  )
  const lines = wrong.map(({ want, found }) => {
    const place = want.type === 'User' ? 'users' : 'groups'
    if (found.length > 1) {
      return `- ${place}: ${found.length} groups are named '${want.name}'; give the object id of one: ${found.map(({ id }) => id).join(', ')}`
    }
    const names = near.get(want) ?? []
    const hint = names.length > 0 ? `; did you mean ${names.map((name) => `'${name}'`).join(', ')}?` : ''
    return `- ${place}: there is no ${want.type.toLowerCase()} '${want.name}'${hint}`
  })
  return `Tenant ${graph.tenantId} does not have all that is to be assigned:\n${lines.join('\n')}`
}

/** A help only: whatever goes wrong here must not hide what the person needs to know. */
async function nearNames(graph: Graph, wanted: readonly Wanted[]): Promise<Map<Wanted, string[]>> {
  const named = wanted.filter(({ name }) => !isObjectId(name))
  const field = (type: Principal['type']) => (type === 'User' ? 'userPrincipalName' : 'displayName')
  try {
    const answers = await graph.batch(
      named.map(({ type, name }) => {
        const options = {
          $filter: `startswith(${field(type)},${literal(name.slice(0, 3))})`,
          $select: field(type),
          $top: 50,
        }
        return { method: 'GET', url: `/${type === 'User' ? 'users' : 'groups'}${query(options)}` }
      }),
    )
    return new Map(
      named.map((want, index) => {
        const { value = [] } = (answers[index]!.body ?? {}) as { value?: DirectoryObject[] }
        const names = value.map((object) => object[field(want.type)] ?? '')
        return [want, nearest(want.name, names, 3)]
      }),
    )
  } catch {
    return new Map()
  }
}
