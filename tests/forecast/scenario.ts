/** Random tenants and what happens to them, as fast-check makes and shrinks them. */
import fc from 'fast-check'
import type { StackConfig } from '../../config/schema.ts'
import type { User } from '../../sandbox/tenant/model.ts'
import { mappings } from '../../sync/defaults/build.ts'
import type { ObjectMapping, SynchronizationSchema } from '../../sync/schema.ts'
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
  one.users.forEach((more, number) => world.user(number, userOf(number, more, one)))
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
  for (const change of one.before) apply(world, one, change)
  if (one.history.length > 0) {
    world.apply(configOf(one.fileBefore, { accidentalDeletions: { enabled: false } }))
    for (const changes of one.history) {
      await world.cycle()
      for (const change of changes) apply(world, one, change)
    }
    await world.cycle()
  } else for (const changes of one.history) for (const change of changes) apply(world, one, change)
  for (const change of one.now) apply(world, one, change)
  const users = one.file.assigns.map((number) => idOf('user', number)).filter((id) => isThere(world, id))
  const before = one.history.length > 0 ? one.fileBefore : undefined
  // What is taken out of the file is known to nobody but the stack's state, so it stays.
  const kept = before?.additional.filter(({ target }) => one.file.additional.every((other) => other.target !== target))
  const file = { ...one.file, additional: [...one.file.additional, ...(kept ?? [])], filter: one.file.filter ?? before?.filter }
  const config = configOf(clashFree(file, before?.additional ?? []), {
    accidentalDeletions: { enabled: true, threshold: one.file.threshold },
    ...(users.length > 0 ? { assignments: { users, groups: [], exclusive: false } } : {}),
  })
  return { world, config }
}

/** The file does not rewrite a mapping that is there already. */
function clashFree<T extends Scenario['fileBefore']>(file: T, before: Scenario['fileBefore']['additional']): T {
  const held = new Map(before.map((mapping) => [mapping.target, mapping]))
  return { ...file, additional: file.additional.map((mapping) => held.get(mapping.target) ?? mapping) }
}

const isThere = (world: World, id: string): boolean => world.store.users.get(id)?.deletedDateTime === null

function userOf(number: number, more: Partial<User>, { guests }: Scenario): Partial<User> {
  if (!guests.includes(number)) return more
  const userPrincipalName = `user${number}_outside.test#EXT#@contoso.test`
  return { ...more, userType: 'Guest', userPrincipalName }
}

function adjusted(schema: SynchronizationSchema, { matchedBy, flowTypes, groupMapping }: Scenario): SynchronizationSchema {
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

function hold({ store, target }: World, { matchedBy }: Scenario, number: number, kind: Scenario['held'][number]['kind']) {
  const user = store.users.get(idOf('user', number))
  const name = user && (matchedBy === 'mailNickname' ? user.mailNickname : `user${number}@contoso.test`)
  if (!user || !name) return
  const account = { userName: name, active: kind !== 'inactive', name: { formatted: 'Held' } }
  target.put('Users', kind === 'same' ? { ...account, displayName: user.displayName } : account)
  if (kind === 'twice') target.put('Users', { ...account, userName: name.toUpperCase() })
}

function apply(world: World, one: Scenario, change: Change): void {
  const { store, target } = world
  const user = 'user' in change ? store.users.get(idOf('user', change.user)) : undefined
  const group = 'group' in change ? store.groups.get(idOf('group', change.group)) : undefined
  if ('user' in change && !user) return
  if ('group' in change && !group) return
  switch (change.do) {
    case 'assignUser':
      return user!.deletedDateTime === null ? world.assign(user!.id) : undefined
    case 'assignGroup':
      return world.assign(group!.id)
    case 'unassignUser':
      return world.unassign(user!.id)
    case 'unassignGroup':
      return world.unassign(group!.id)
    case 'enabled':
      return void store.users.put(user!.id, { ...user!, accountEnabled: change.to })
    case 'values':
      return void store.users.put(user!.id, { ...user!, ...change.values })
    case 'rename':
      return void store.users.put(user!.id, {
        ...user!,
        userPrincipalName: `user${change.user}${change.suffix}@contoso.test`,
      })
    case 'softDelete':
      return void store.users.put(user!.id, { ...user!, deletedDateTime: '2026-03-01T00:00:00Z' })
    case 'restore':
      return void store.users.put(user!.id, { ...user!, deletedDateTime: null })
    case 'purge':
      return purge(world, user!.id)
    case 'member': {
      const memberIds = group!.memberIds.filter((id) => id !== user!.id)
      if (change.in) memberIds.push(user!.id)
      return void store.groups.put(group!.id, { ...group!, memberIds })
    }
    case 'security':
      return void store.groups.put(group!.id, { ...group!, securityEnabled: change.to })
    case 'deleteGroup':
      for (const each of store.groups.values()) {
        const memberIds = each.memberIds.filter((id) => id !== group!.id)
        if (memberIds.length < each.memberIds.length) store.groups.put(each.id, { ...each, memberIds })
      }
      world.unassign(group!.id)
      return void store.groups.delete(group!.id)
    case 'manager': {
      const manager = change.manager === null ? undefined : store.users.get(idOf('user', change.manager))
      return void store.users.put(user!.id, { ...user!, managerId: manager ? manager.id : null })
    }
    case 'loseAtTarget': {
      const link = store.links.get(`${world.job().id}/${user!.id}`)
      if (link) target.resources.Users.delete(link.targetId)
      return
    }
  }
}

/** As Graph removes somebody for good: from groups, from assignments, and as manager. */
function purge(world: World, id: string): void {
  const { store } = world
  for (const group of store.groups.values()) {
    if (group.memberIds.includes(id)) {
      store.groups.put(group.id, { ...group, memberIds: group.memberIds.filter((one) => one !== id) })
    }
  }
  for (const user of store.users.values()) {
    if (user.managerId === id) store.users.put(user.id, { ...user, managerId: null })
  }
  world.unassign(id)
  store.users.delete(id)
}
