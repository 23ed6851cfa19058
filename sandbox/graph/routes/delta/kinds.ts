import type { Group, User } from '../../../tenant/model.ts'
import { knownType } from '../../contract/metadata.ts'
import { select } from '../../odata/select.ts'
import type { Call } from '../../request.ts'
import { SERVICE_PRINCIPAL_LIST, servicePrincipalView } from '../../shape/applications.ts'
import { GROUP_LIST, groupView, USER_DEFAULTS, USER_LIST, userView } from '../../shape/directory.ts'
import { typeNameOf } from '../../shape/objects.ts'
import type { DeltaState } from './token.ts'

interface Deletable {
  id: string
  deletedDateTime: string | null
}

/** One collection as delta queries read it. */
export interface DeltaKind {
  set: 'users' | 'groups' | 'servicePrincipals'
  type: string
  /** Navigation properties that `$select` may name. */
  tracked: readonly string[]
  objects(call: Call): { get(id: string): Deletable | undefined; values(): Iterable<Deletable> }
  revision(call: Call): number
  changed(call: Call, since: number): { revision: number; id: string }[]
  /** Whether a token outlives the process, which remembers no more than it saw. */
  lasts(state: DeltaState): boolean
  /** One object, or several entries of it where a list is long. */
  entries(call: Call, object: Deletable, state: DeltaState): Record<string, unknown>[]
}

/** A group with more members than this is told in several entries. */
const MEMBERS_PER_ENTRY = 1000

const tracks = ({ select }: DeltaState, name: string): boolean => (select ?? '').split(',').includes(name)

const changesOf = (call: Call, kind: 'user' | 'group', since: number) =>
  call.tenant.changesSince(since).filter((change) => change.kind === kind)

const USERS: DeltaKind = {
  set: 'users',
  type: USER_LIST.type,
  tracked: ['manager'],
  objects: (call) => call.tenant.users,
  revision: (call) => call.tenant.revision,
  changed: (call, since) => changesOf(call, 'user', since),
  lasts: (state) => !tracks(state, 'manager'),
  entries(call, object, state) {
    const user = object as User
    const shown = { ...select(userView(user), state.select, USER_DEFAULTS, USER_LIST.type), id: user.id }
    if (!tracks(state, 'manager')) return [shown]
    const manager = referencesDelta(call, user.id, user.managerId ? [user.managerId] : [], state)
    return [manager.length === 0 ? shown : { ...shown, 'manager@delta': manager }]
  },
}

const GROUPS: DeltaKind = {
  set: 'groups',
  type: GROUP_LIST.type,
  tracked: ['members', 'owners'],
  objects: (call) => call.tenant.groups,
  revision: (call) => call.tenant.revision,
  changed: (call, since) => changesOf(call, 'group', since),
  lasts: (state) => !tellsMembers(state),
  entries(call, object, state) {
    const group = object as Group
    const shown = { ...select(groupView(group), state.select, undefined, GROUP_LIST.type), id: group.id }
    if (!tellsMembers(state)) return [shown]
    const members = referencesDelta(call, group.id, group.memberIds, state)
    if (members.length === 0) return [shown]
    const parts = Array.from({ length: Math.ceil(members.length / MEMBERS_PER_ENTRY) }, (_, i) =>
      members.slice(i * MEMBERS_PER_ENTRY, (i + 1) * MEMBERS_PER_ENTRY),
    )
    return parts.map((part) => ({ ...shown, 'members@delta': part }))
  },
}

const SERVICE_PRINCIPALS: DeltaKind = {
  set: 'servicePrincipals',
  type: SERVICE_PRINCIPAL_LIST.type,
  tracked: [],
  objects: (call) => call.tenant.servicePrincipals,
  revision: (call) => call.tenant.deltas.principalRevision,
  changed: (call, since) => call.tenant.deltas.principalsSince(since),
  lasts: () => false,
  entries(_, object, state) {
    const view = servicePrincipalView(object as Parameters<typeof servicePrincipalView>[0])
    return [{ ...select(view, state.select, undefined, SERVICE_PRINCIPAL_LIST.type), id: object.id }]
  },
}

export const DELTA_KINDS = [USERS, GROUPS, SERVICE_PRINCIPALS]

/** Without `$select` members are told; with one, when it names them. */
const tellsMembers = (state: DeltaState): boolean => state.select === null || tracks(state, 'members')

/** All references of an object in the first round, later those that came and went; none where nothing changed. */
function referencesDelta(call: Call, objectId: string, now: string[], state: DeltaState): Record<string, unknown>[] {
  if (state.since === null) return now.map((id) => reference(call, id))
  const changes = call.tenant.deltas.referencesSince(state.began, objectId)
  return Array.from(changes, ([id, gained]) =>
    gained ? reference(call, id) : { ...reference(call, id), '@removed': { reason: 'deleted' } },
  )
}

/** Id and type; who is gone for good was a user, as far as can be told. */
function reference(call: Call, id: string): Record<string, unknown> {
  return { '@odata.type': typeNameOf(call.tenant, id) ?? '#microsoft.graph.user', id }
}

/** @returns the first name of `$select` that the type has, but delta does not follow */
export function untracked(kind: DeltaKind, selected: string): string | undefined {
  const { navigation } = knownType(kind.type)
  return selected.split(',').find((name) => navigation.has(name) && !kind.tracked.includes(name))
}
