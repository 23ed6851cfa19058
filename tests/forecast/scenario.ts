/** Random tenants and what happens to them, as fast-check makes and shrinks them. */
import fc from 'fast-check'
import type { StackConfig } from '../../config/schema.ts'
import type { Group, Link, User } from '../../sandbox/tenant/model.ts'
import { mappings } from '../../sync/defaults/build.ts'
import type { ObjectMapping, SynchronizationSchema } from '../../sync/schema.ts'
import { guestPrincipalName } from '../../sync/source.ts'
import { CONFIG, idOf, makeWorld, type World } from './world.ts'

const USERS = 8
const GROUPS = 3
const INFO = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'

const userNumber = fc.integer({ min: 0, max: USERS - 1 })
const groupNumber = fc.integer({ min: 0, max: GROUPS - 1 })

const values = fc.record(
  {
    department: fc.constantFrom('Sales', 'IT', null),
    city: fc.constantFrom('Oslo', 'Berlin', null),
    displayName: fc.constantFrom('Ada', 'Bo', 'Cy'),
    mail: fc.constantFrom('a@contoso.test', 'b@contoso.test', null),
    givenName: fc.constantFrom('Ada', null),
    // What users are matched by in some tenants: two may share it, and some have none.
    mailNickname: fc.constantFrom('one', 'two', 'three', 'four', null),
  },
  { requiredKeys: [] },
)

const change = fc.oneof(
  fc.record({ do: fc.constant('assignUser' as const), user: userNumber }),
  fc.record({ do: fc.constant('assignGroup' as const), group: groupNumber }),
  fc.record({ do: fc.constant('unassignUser' as const), user: userNumber }),
  fc.record({ do: fc.constant('unassignGroup' as const), group: groupNumber }),
  fc.record({ do: fc.constant('enabled' as const), user: userNumber, to: fc.boolean() }),
  fc.record({ do: fc.constant('values' as const), user: userNumber, values }),
  fc.record({ do: fc.constant('rename' as const), user: userNumber, suffix: fc.constantFrom('x', 'y') }),
  fc.record({ do: fc.constant('softDelete' as const), user: userNumber }),
  fc.record({ do: fc.constant('restore' as const), user: userNumber }),
  fc.record({ do: fc.constant('purge' as const), user: userNumber }),
  fc.record({ do: fc.constant('member' as const), group: groupNumber, user: userNumber, in: fc.boolean() }),
  fc.record({ do: fc.constant('security' as const), group: groupNumber, to: fc.boolean() }),
  fc.record({ do: fc.constant('deleteGroup' as const), group: groupNumber }),
  fc.record({ do: fc.constant('manager' as const), user: userNumber, manager: fc.option(userNumber) }),
  fc.record({ do: fc.constant('loseAtTarget' as const), user: userNumber }),
  fc.record({
    do: fc.constant('editAtTarget' as const),
    user: userNumber,
    edit: fc.constantFrom('name' as const, 'active' as const, 'info' as const),
  }),
  fc.record({
    do: fc.constant('memberAtTarget' as const),
    group: groupNumber,
    user: userNumber,
    in: fc.boolean(),
  }),
)
export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

type Filter = NonNullable<StackConfig['scopingFilters']>['user']

const filter = fc.constantFrom<Filter>(
  undefined,
  [[{ attribute: 'department', operator: 'EQUALS', value: 'Sales' }]],
  [[{ attribute: 'city', operator: 'IS NOT NULL' }]],
  [
    [{ attribute: 'department', operator: 'NOT EQUALS', value: 'IT' }],
    [{ attribute: 'city', operator: 'REGEX MATCH', value: '^O' }],
  ],
)

const additional = fc.uniqueArray(
  fc.record({
    object: fc.constant('user' as const),
    target: fc.constantFrom(`${INFO}:info1`, `${INFO}:info2`),
    source: fc.constantFrom(
      '[department]',
      '"constant"',
      'ToUpper([city],)',
      'IIF([department]="Sales", "yes", "no")',
      'Append([givenName], "!")',
      'Coalesce([department], [city], "none")',
      'SingleAppRoleAssignment([appRoleAssignments])',
    ),
  }),
  { selector: ({ target }) => target, maxLength: 2 },
)

const held = fc.record({
  user: userNumber,
  kind: fc.constantFrom('same' as const, 'other' as const, 'inactive' as const, 'twice' as const),
})

export const scenario = fc.record({
  template: fc.constantFrom('M-Files' as const, 'Custom' as const),
  matchedBy: fc.constantFrom('userPrincipalName' as const, 'mailNickname' as const),
  flowTypes: fc.constantFrom('Add, Update, Delete', 'Add, Update, Delete', 'Add, Update', 'Update, Delete', 'Add'),
  groupMapping: fc.boolean(),
  users: fc.array(values, { minLength: 1, maxLength: USERS }),
  guests: fc.uniqueArray(userNumber, { maxLength: 2 }),
  groups: fc.array(
    fc.record({
      members: fc.uniqueArray(userNumber, { maxLength: 5 }),
      security: fc.boolean(),
      nests: fc.option(groupNumber),
    }),
    { maxLength: GROUPS },
  ),
  held: fc.array(held, { maxLength: 4 }),
  before: fc.array(change, { maxLength: 12 }),
  history: fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 2 }),
  now: fc.array(change, { maxLength: 6 }),
  /** Of how many cycles the log still tells, where it does not tell of all. */
  ageLog: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 3 }),
  file: fc.record({
    scope: fc.constantFrom('assigned' as const, 'assigned' as const, 'all' as const),
    additional,
    filter,
    threshold: fc.constantFrom(500, 1, 3),
    assigns: fc.uniqueArray(userNumber, { maxLength: 2 }),
  }),
  /** What the file said when the earlier cycles ran. */
  fileBefore: fc.record({ scope: fc.constantFrom('assigned' as const, 'all' as const), additional, filter }),
})
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never

/** The tenant as it stands before the cycle that is forecast, and the file that is to be applied to it. */
export async function enact(one: Scenario): Promise<{ world: World; config: StackConfig }> {
  const world = makeWorld({ template: one.template, schema: (schema) => adjusted(schema, one) })
  for (const [number, more] of one.users.entries()) world.user(number, userOf(number, more, one))
  one.groups.forEach(({ members, security, nests }, number) => {
    const inner = nests !== null && nests !== number && nests < one.groups.length ? [idOf('group', nests)] : []
    const memberIds = [...members.filter((member) => member < one.users.length).map((m) => idOf('user', m)), ...inner]
    world.group(number, { memberIds, securityEnabled: security })
  })
  for (const { user, kind } of one.held) hold(world, one, user, kind)
  const info = one.template === 'M-Files'
  const configOf = (file: Scenario['fileBefore'], more: Partial<StackConfig>): StackConfig => ({
    ...CONFIG,
    scope: file.scope,
    additionalMappings: info ? file.additional : [],
    ...(file.filter ? { scopingFilters: { user: file.filter } } : {}),
    ...more,
  })
  for (const change of one.before) apply(world, change)
  if (one.history.length > 0) {
    world.apply(configOf(one.fileBefore, { accidentalDeletions: { enabled: false } }))
    for (const changes of one.history) {
      await world.cycle()
      for (const change of changes) apply(world, change)
    }
    await world.cycle()
  }
  if (one.ageLog !== null) ageLog(world, one.ageLog)
  for (const change of one.now) apply(world, change)
  const users = one.file.assigns.map((number) => idOf('user', number)).filter((id) => isThere(world, id))
  const before = one.history.length > 0 ? one.fileBefore : undefined
  // What is taken out of the file is known to nobody but the stack's state, so it stays.
  const kept = before?.additional.filter(({ target }) => one.file.additional.every((other) => other.target !== target))
  const file = {
    ...one.file,
    additional: [...one.file.additional, ...(kept ?? [])],
    filter: one.file.filter ?? before?.filter,
  }
  const config = configOf(clashFree(file, before?.additional ?? []), {
    // Deletions of whom the log tells no more are not foreseen, so that they are not counted against it either.
    accidentalDeletions: { enabled: true, threshold: one.ageLog === null ? one.file.threshold : 500 },
    ...(users.length > 0 ? { assignments: { users, groups: [], exclusive: false } } : {}),
  })
  return { world, config }
}

/** The file does not rewrite a mapping that is there already. */
function clashFree<T extends Scenario['fileBefore']>(file: T, before: Scenario['fileBefore']['additional']): T {
  const held = new Map(before.map((mapping) => [mapping.target, mapping]))
  return { ...file, additional: file.additional.map((mapping) => held.get(mapping.target) ?? mapping) }
}

/**
 * Users who want what another has or wants: who of them is looked at first, and so gets it, is a matter of chance. They
 * have tests of their own.
 */
export function contested({ store, target }: World, { matchedBy }: Scenario): Set<string> {
  const owners = new Map<string, Set<string>>()
  const claim = (value: unknown, id: string) => {
    if (typeof value !== 'string' || value === '') return
    const key = guestPrincipalName(value).toLowerCase()
    owners.set(key, (owners.get(key) ?? new Set()).add(id))
  }
  for (const user of store.users.values()) claim(user[matchedBy], user.id)
  for (const { targetId, written, objectId } of store.links.values()) {
    claim(written.userName, objectId)
    // Where the mapping does not update, nothing was written.
    claim(target.resources.Users.get(targetId)?.userName, objectId)
  }
  return new Set([...owners.values()].filter(({ size }) => size > 1).flatMap((ids) => [...ids]))
}

/**
 * Whom the log tells nothing of, and who is not found at the target by what they are matched by: to a forecast they are
 * new, or nobody.
 */
export function untraceable({ store, target }: World, { matchedBy, ageLog, file }: Scenario): Set<string> {
  if (ageLog === null) return new Set()
  const told = new Set(Array.from(store.log.values(), ({ objectId }) => objectId))
  const isFound = ({ objectId, objectType, targetId }: Link): boolean => {
    // Groups that are not assigned are not read.
    const isRead = file.scope === 'all' || store.assignments.get(`a-${objectId}`) !== undefined
    if (objectType === 'group') return isRead && store.groups.get(objectId) !== undefined
    const value = store.users.get(objectId)?.[matchedBy]
    const account = target.resources.Users.get(targetId)
    return typeof value === 'string' && account?.userName === guestPrincipalName(value)
  }
  const links = Array.from(store.links.values())
  return new Set(links.flatMap((link) => (told.has(link.objectId) || isFound(link) ? [] : link.objectId)))
}

const isThere = (world: World, id: string): boolean => world.store.users.get(id)?.deletedDateTime === null

function userOf(number: number, more: Partial<User>, { guests }: Scenario): Partial<User> {
  if (!guests.includes(number)) return more
  const userPrincipalName = `user${number}_outside.test#EXT#@contoso.test`
  return { ...more, userType: 'Guest', userPrincipalName }
}

function adjusted(
  schema: SynchronizationSchema,
  { matchedBy, flowTypes, groupMapping }: Scenario,
): SynchronizationSchema {
  const [userName] = mappings([[`[${matchedBy}]`, 'userName', 1]])
  const change = (mapping: ObjectMapping): ObjectMapping =>
    mapping.sourceObjectName === 'Group'
      ? { ...mapping, enabled: groupMapping }
      : {
          ...mapping,
          flowTypes,
          attributeMappings: mapping.attributeMappings.map((one) =>
            one.targetAttributeName === 'userName' ? userName! : one,
          ),
        }
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map(change),
    })),
  }
}

function hold(
  { store, target }: World,
  { matchedBy }: Scenario,
  number: number,
  kind: Scenario['held'][number]['kind'],
) {
  const user = store.users.get(idOf('user', number))
  const name = user && (matchedBy === 'mailNickname' ? user.mailNickname : `user${number}@contoso.test`)
  if (!user || !name) return
  const account = { userName: name, active: kind !== 'inactive', name: { formatted: 'Held' } }
  target.put('Users', kind === 'same' ? { ...account, displayName: user.displayName } : account)
  if (kind === 'twice') target.put('Users', { ...account, userName: name.toUpperCase() })
}

/** The log forgets all but the last cycles. */
function ageLog({ store }: World, cycles: number): void {
  const ids = [...new Set(Array.from(store.log.values(), ({ cycleId }) => cycleId))]
  const kept = new Set(cycles === 0 ? [] : ids.slice(-cycles))
  for (const { id, cycleId } of [...store.log.values()]) if (!kept.has(cycleId)) store.log.delete(id)
}

/** What cannot be done as things are is left undone. */
function apply(world: World, change: Change): void {
  const user = 'user' in change ? world.store.users.get(idOf('user', change.user)) : undefined
  const group = 'group' in change ? world.store.groups.get(idOf('group', change.group)) : undefined
  if (('user' in change && !user) || ('group' in change && !group)) return
  if (change.do === 'memberAtTarget') setMemberAtTarget(world, group!, user!, change.in)
  else if (change.do === 'member') setMember(world, group!, user!, change.in)
  else if (group) changeGroup(world, group, change)
  else if (user) changeUser(world, user, change)
}

function changeUser(world: World, user: User, change: Change): void {
  const { store, target } = world
  const put = (more: Partial<User>) => store.users.put(user.id, { ...user, ...more })
  switch (change.do) {
    case 'assignUser':
      if (user.deletedDateTime === null) world.assign(user.id)
      break
    case 'unassignUser':
      world.unassign(user.id)
      break
    case 'enabled':
      put({ accountEnabled: change.to })
      break
    case 'values':
      put(change.values)
      break
    case 'rename':
      put({ userPrincipalName: `user${change.user}${change.suffix}@contoso.test` })
      break
    case 'softDelete':
      put({ deletedDateTime: '2026-03-01T00:00:00Z' })
      break
    case 'restore':
      put({ deletedDateTime: null })
      break
    case 'purge':
      purge(world, user.id)
      break
    case 'manager': {
      const manager = change.manager === null ? undefined : store.users.get(idOf('user', change.manager))
      put({ managerId: manager?.id ?? null })
      break
    }
    case 'loseAtTarget': {
      const link = store.links.get(`${world.job().id}/${user.id}`)
      if (link) target.lose(link.targetId)
      break
    }
    case 'editAtTarget': {
      const link = store.links.get(`${world.job().id}/${user.id}`)
      if (link) target.edit(link.targetId, change.edit)
    }
  }
}

function changeGroup(world: World, group: Group, change: Change): void {
  const { store } = world
  switch (change.do) {
    case 'assignGroup':
      world.assign(group.id)
      break
    case 'unassignGroup':
      world.unassign(group.id)
      break
    case 'security':
      store.groups.put(group.id, { ...group, securityEnabled: change.to })
      break
    case 'deleteGroup':
      dropMember(world, group.id)
      world.unassign(group.id)
      store.groups.delete(group.id)
  }
}

function setMember({ store }: World, group: Group, user: User, isMember: boolean): void {
  // Who is in deleted items joins and leaves nothing.
  if (user.deletedDateTime !== null) return
  const others = group.memberIds.filter((id) => id !== user.id)
  store.groups.put(group.id, { ...group, memberIds: isMember ? [...others, user.id] : others })
}

function setMemberAtTarget({ store, target, job }: World, group: Group, user: User, isMember: boolean): void {
  const [its, member] = [group, user].map(({ id }) => store.links.get(`${job().id}/${id}`)?.targetId)
  if (its && member) target.setMember(its, member, isMember)
}

function dropMember({ store }: World, id: string): void {
  for (const group of store.groups.values()) {
    const memberIds = group.memberIds.filter((one) => one !== id)
    if (memberIds.length < group.memberIds.length) store.groups.put(group.id, { ...group, memberIds })
  }
}

/** As Graph removes somebody for good: from groups, from assignments, and as manager. */
function purge(world: World, id: string): void {
  const { store } = world
  dropMember(world, id)
  for (const user of store.users.values()) {
    if (user.managerId === id) store.users.put(user.id, { ...user, managerId: null })
  }
  world.unassign(id)
  store.users.delete(id)
}
