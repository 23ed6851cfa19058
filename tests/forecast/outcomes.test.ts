/** Each outcome of a forecast by a case of its own; where the service has a say, the cycle has to agree. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type ForecastOptions, forecastStack } from '../../cli/forecast/forecast.ts'
import type { Entry, Forecast } from '../../cli/forecast/model.ts'
import { TargetUnreadable } from '../../cli/forecast/read/scim.ts'
import type { StackConfig } from '../../config/schema.ts'
import { attribute } from '../../sync/defaults/build.ts'
import { differing } from './compare.ts'
import { differingReferences, MANAGER, referring } from './references.ts'
import { CONFIG, idOf, makeWorld, type World, type WorldOptions } from './world.ts'

const INFO = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'

let world: World
const use = (options: WorldOptions) => {
  world = makeWorld(options)
  return world
}
beforeEach(() => {
  use({})
})
afterEach(() => world.close())

async function forecast(config: Partial<StackConfig> = {}, options: ForecastOptions = {}): Promise<Forecast> {
  const tenant = { ...world.tenant, config: { ...CONFIG, ...config } }
  return forecastStack(tenant, { openTarget: world.openTarget, ...options })
}

/** Forecast, then apply the file and run the cycle: both have to say the same. */
async function held(config: Partial<StackConfig> = {}, options: ForecastOptions = {}): Promise<Forecast> {
  const found = await forecast(config, options)
  world.apply({ ...CONFIG, ...config })
  const { log } = await world.cycle()
  expect(differing(found, log, new Set(['members', MANAGER]))).toEqual([])
  return found
}

/** A cycle that went by before. */
async function earlier(config: Partial<StackConfig> = {}): Promise<void> {
  world.apply({ ...CONFIG, ...config })
  await world.cycle()
}

const of = ({ entries }: Forecast, number: number, kind: 'user' | 'group' = 'user'): Entry | undefined =>
  entries.find(({ id }) => id === idOf(kind, number))

describe('users', () => {
  test('are created, with what they are created with', async () => {
    world.assign(world.user(1, { mail: 'one@contoso.test', department: 'Sales' }).id)
    const found = await held({
      additionalMappings: [{ object: 'user', source: '[department]', target: `${INFO}:info1` }],
    })
    expect(of(found, 1)).toMatchObject({ outcome: 'create', login: 'user1@contoso.test' })
    expect(of(found, 1)!.changes).toContainEqual({ attribute: `${INFO}:info1`, before: null, after: 'Sales' })
    expect(found.users.create).toBe(1)
    expect(found.job).toMatchObject({ cycle: 'initial' })
    expect(found.jobChanges).toEqual(['mappings and scoping filters are changed as the file says'])
  })

  test('are matched, whatever the case, and changed where the target differs', async () => {
    world.assign(world.user(1, { displayName: 'New' }).id)
    world.target.put('Users', { userName: 'USER1@contoso.test', active: false, name: { formatted: 'Old' } })
    const found = await held()
    expect(of(found, 1)).toMatchObject({ outcome: 'match' })
    expect(of(found, 1)!.changes).toEqual([
      { attribute: 'active', before: 'False', after: 'True' },
      { attribute: 'name.formatted', before: 'Old', after: 'New' },
      { attribute: 'externalId', before: null, after: idOf('user', 1) },
    ])
  })

  test('are changed, disabled, restored and deleted once they are managed', async () => {
    for (const number of [1, 2, 3, 4]) world.assign(world.user(number).id)
    await earlier()
    world.user(1, { displayName: 'Renamed' })
    world.user(2, { accountEnabled: false })
    world.unassign(idOf('user', 4))
    world.store.users.delete(idOf('user', 4))
    const found = await held()
    expect(found.job.cycle).toBe('incremental')
    expect(of(found, 1)).toMatchObject({ outcome: 'update', changes: [{ before: 'User 1', after: 'Renamed' }] })
    expect(of(found, 2)).toMatchObject({ outcome: 'disable', reason: 'disabled' })
    expect(of(found, 3)).toMatchObject({ outcome: 'unchanged' })
    expect(of(found, 4)).toMatchObject({ outcome: 'delete', name: 'User 4' })
    expect(found.guard).toEqual({ threshold: 500, deletions: 2, holds: false })
    world.user(2, { accountEnabled: true })
    expect(of(await held(), 2)).toMatchObject({ outcome: 'update', restored: true })
  })

  test('changed at the target are left as they are, unless everything is read anew', async () => {
    world.assign(world.user(1).id)
    await earlier()
    const [account] = world.target.resources.Users.values()
    world.target.resources.Users.set(String(account!.id), { ...account, name: { formatted: 'Changed there' } })
    expect(of(await held(), 1)).toMatchObject({ outcome: 'unchanged' })
    expect(of(await forecast({}, { restart: true }), 1)).toMatchObject({ outcome: 'update' })
  })

  test('are held back by the guard, all of them', async () => {
    for (const number of [1, 2, 3]) world.assign(world.user(number).id)
    await earlier()
    for (const number of [1, 2]) world.unassign(idOf('user', number))
    const found = await held({ accidentalDeletions: { enabled: true, threshold: 1 } })
    expect(found.guard).toEqual({ threshold: 1, deletions: 2, holds: true })
    expect(of(found, 1)).toMatchObject({ outcome: 'disable', held: true })
    expect(found.exceeded).toEqual(['2 would be disabled or deleted, more than the 1 that the deletion guard allows'])
  })

  test('are left out, each with the rule', async () => {
    const [outer, inner, mail] = [1, 2, 3]
    world.user(1, { accountEnabled: false })
    world.user(2, { department: 'IT' })
    for (const number of [1, 2]) world.assign(idOf('user', number))
    for (const number of [3, 4, 5]) world.user(number)
    world.group(inner, { memberIds: [idOf('user', 3)] })
    world.group(outer, { memberIds: [idOf('group', inner)], displayName: 'Outer' })
    world.group(mail, { memberIds: [idOf('user', 4)], securityEnabled: false, displayName: 'Mail' })
    for (const number of [outer, mail]) world.assign(idOf('group', number))
    const user = [[{ attribute: 'department', operator: 'NOT EQUALS' as const, value: 'IT' }]]
    const found = await held({ scopingFilters: { user } })
    expect([1, 2, 3, 4, 5].map((number) => [of(found, number)!.reason, of(found, number)!.detail])).toEqual([
      ['scopingFilter', "Filter 1.department NOT EQUALS 'IT'"],
      ['scopingFilter', "Filter 1.department NOT EQUALS 'IT'"],
      ['nestedOnly', "in a group that is in 'Outer'"],
      ['groupNotSecurityEnabled', "in 'Mail'"],
      ['notAssigned', undefined],
    ])
    expect(of(found, mail, 'group')).toMatchObject({ reason: 'groupNotSecurityEnabled' })
    expect(found.leftOut).toEqual({ scopingFilter: 2, nestedOnly: 1, groupNotSecurityEnabled: 2, notAssigned: 1 })
  })

  test('disabled before they were provisioned are not created; guests are, by their own name', async () => {
    world.assign(world.user(1, { accountEnabled: false }).id)
    world.assign(world.user(2, { userType: 'Guest', userPrincipalName: 'ann_fabrikam.test#EXT#@contoso.test' }).id)
    const found = await held()
    expect(of(found, 1)).toMatchObject({ outcome: 'leaveOut', reason: 'disabled' })
    expect(of(found, 2)).toMatchObject({ outcome: 'create', guest: true })
    expect(of(found, 2)!.changes).toContainEqual({ attribute: 'userName', before: null, after: 'ann@fabrikam.test' })
  })

  test('are refused: several accounts match, a value is taken, one is missing or too long', async () => {
    use({
      schema: (schema) => {
        const [directory] = schema.directories.filter(({ name }) => name === 'M-Files')
        const attributes = directory!.objects[0]!.attributes
        attributes.find(({ name }) => name === 'name.givenName')!.required = true
        attributes.find(({ name }) => name === 'name.familyName')!.metadata = [{ key: 'MaximumLength', value: '5' }]
        return schema
      },
    })
    const given = { givenName: 'Ann' }
    world.assign(world.user(1, given).id)
    world.assign(world.user(2).id)
    for (const userName of ['user1@contoso.test', 'USER1@contoso.test']) world.target.put('Users', { userName })
    const found = await held()
    expect(of(found, 1)).toMatchObject({ outcome: 'refuse', error: 'DuplicateTargetEntries' })
    expect(of(found, 2)).toMatchObject({
      outcome: 'refuse',
      error: 'MandatoryFieldsMissing',
      detail: 'no value for name.givenName',
    })
    world.user(2, { ...given, surname: 'Somebody' })
    expect(of(await forecast(), 2)).toMatchObject({
      outcome: 'refuse',
      error: 'UnprocessableEntity',
      detail: 'name.familyName takes 5 characters, and the value has 8',
    })
  })

  test('who share the value that they are matched by: the one who comes first has it', async () => {
    use({
      schema: (schema) => {
        const [rule] = schema.synchronizationRules
        const mapping = rule!.objectMappings[0]!.attributeMappings.find(
          ({ targetAttributeName }) => targetAttributeName === 'userName',
        )!
        mapping.source = { expression: '[mailNickname]', name: 'mailNickname', type: 'Attribute', parameters: [] }
        return schema
      },
    })
    for (const number of [1, 2]) world.assign(world.user(number, { mailNickname: 'same' }).id)
    world.assign(world.user(3).id)
    const found = await held()
    expect(of(found, 1)).toMatchObject({ outcome: 'create' })
    expect(of(found, 2)).toMatchObject({ outcome: 'refuse', error: 'DuplicateSourceEntries' })
    expect(found.unknowns).toEqual(expect.arrayContaining([expect.stringContaining('share a matching value')]))
    expect(of(found, 3)).toMatchObject({ outcome: 'leaveOut', reason: 'noMatchingValue' })
  })
})

describe('the target is not watched', () => {
  const account = (number: number, more: object) =>
    world.target.put('Users', { userName: `user${number}@contoso.test`, active: true, ...more })

  test('what somebody changed there stays until the user changes in Entra', async () => {
    // Matched, so that the log holds no more than what differed.
    const id = account(1, { name: { formatted: 'Old' } })
    for (const number of [1, 2]) world.assign(world.user(number).id)
    await earlier()
    world.target.edit(id, 'active')
    world.target.edit(
      world.store.linksOf(world.job().id).find(({ objectId }) => objectId === idOf('user', 2))!.targetId,
      'name',
    )
    const found = await held()
    expect(found.users).toMatchObject({ match: 0, update: 0, unchanged: 2 })
    const active = { attribute: 'active', before: 'False', after: 'True' }
    expect(of(found, 1)).toMatchObject({ outcome: 'unchanged', differs: [active], unproven: true })
    const name = { attribute: 'name.formatted', before: 'By hand', after: 'User 2' }
    expect(of(found, 2)).toMatchObject({ outcome: 'unchanged', differs: [name] })
    expect(of(found, 2)).not.toHaveProperty('unproven')
    expect(found.unknowns).toContain(
      '2 differ at the target, which is not watched: written only if they change in Entra; of 1 no log entry tells whether they changed since the last cycle',
    )
    world.user(2, { displayName: 'Renamed' })
    expect(of(await held(), 2)).toMatchObject({ outcome: 'update', changes: [{ before: 'By hand', after: 'Renamed' }] })
  })

  test('an account that was matched and is gone is missed by nobody', async () => {
    const id = account(1, {})
    world.assign(world.user(1).id)
    await earlier()
    world.target.lose(id)
    const found = await held()
    expect(of(found, 1)).toMatchObject({ outcome: 'unchanged', differs: 'gone', unproven: true })
    expect(found.unknowns.join()).toContain('1 of them are gone from it')
  })

  test('of members, too, what was written last counts', async () => {
    for (const number of [1, 2, 3]) world.assign(world.user(number).id)
    world.group(1, { memberIds: [1, 2].map((number) => idOf('user', number)) })
    world.assign(idOf('group', 1))
    await earlier()
    const [group, one, three] = [idOf('group', 1), idOf('user', 1), idOf('user', 3)].map(
      (id) => world.store.links.get(`${world.job().id}/${id}`)!.targetId,
    )
    world.target.setMember(group!, one!, false)
    world.target.setMember(group!, three!, true)
    const entry = of(await held(), 1, 'group')!
    const differs = [{ attribute: 'members', before: null, after: '1 missing, 1 too many' }]
    expect(entry).toMatchObject({ outcome: 'unchanged', differs })
    expect(entry.members).toBeUndefined()
  })

  test('whom the log has forgotten counts as managed, and is left as they are', async () => {
    for (const number of [1, 2, 3]) world.assign(world.user(number, { department: 'IT' }).id)
    await earlier()
    world.user(1, { displayName: 'Renamed' })
    for (const { id } of [...world.store.log.values()]) world.store.log.delete(id)
    const found = await forecast()
    expect(found.users).toMatchObject({ create: 0, match: 0, update: 0, unchanged: 3 })
    expect(of(found, 1)).toMatchObject({ differs: [{ before: 'User 1', after: 'Renamed' }], unproven: true })
    const openTarget = () => {
      throw new TargetUnreadable('no secret')
    }
    expect((await forecast({}, { openTarget })).users).toMatchObject({ create: 0, unchanged: 3 })
    // Everybody is compared with the target.
    expect((await forecast({}, { restart: true })).users).toMatchObject({ match: 3 })
  })

  test('what a user created by the job never had is written once there is a value', async () => {
    const additionalMappings = [{ object: 'user' as const, source: '[department]', target: `${INFO}:info1` }]
    world.assign(world.user(1).id)
    await earlier({ additionalMappings })
    world.user(1, { department: 'Sales' })
    expect(of(await held({ additionalMappings }), 1)).toMatchObject({
      outcome: 'update',
      changes: [{ after: 'Sales' }],
    })
  })

  test('a value that chance makes says nothing of whether somebody has changed', async () => {
    const source = 'RandomString(8, 0, 0, 0, 8,)'
    const additionalMappings = [{ object: 'user' as const, source, target: `${INFO}:info1` }]
    world.assign(world.user(1).id)
    await earlier({ additionalMappings })
    expect(of(await held({ additionalMappings }), 1)).toEqual(expect.objectContaining({ outcome: 'unchanged' }))
  })
})

test('an account that is managed for somebody else is not taken over', async () => {
  world.assign(world.user(1).id)
  await earlier()
  // The name is free in Entra, and the account still has it.
  world.user(1, { userPrincipalName: 'former@contoso.test', accountEnabled: true })
  world.assign(world.user(0, { userPrincipalName: 'user1@contoso.test' }).id)
  const found = await forecast()
  expect(of(found, 0)).toMatchObject({ outcome: 'refuse', error: 'DuplicateSourceEntries' })
  expect(of(found, 1)).toMatchObject({ outcome: 'update' })
})

describe('groups', () => {
  test('are created with members, and deleted when they leave', async () => {
    world.user(1)
    world.group(1, { memberIds: [idOf('user', 1)] })
    world.assign(idOf('group', 1))
    const found = await held()
    expect(of(found, 1)).toMatchObject({ outcome: 'create' })
    expect(of(found, 1, 'group')).toMatchObject({ outcome: 'create', members: { added: 1, removed: 0 } })
    world.unassign(idOf('group', 1))
    const after = await held()
    expect(of(after, 1, 'group')).toMatchObject({ outcome: 'delete' })
    expect(of(after, 1)).toMatchObject({ outcome: 'disable', reason: 'notAssigned' })
  })

  test('have members who were disabled, and none who have left', async () => {
    for (const number of [1, 2]) world.assign(world.user(number).id)
    await earlier()
    world.user(1, { accountEnabled: false })
    world.unassign(idOf('user', 2))
    await earlier()
    world.group(1, { memberIds: [idOf('user', 1)] })
    world.assign(idOf('group', 1))
    const scopingFilters = { user: [[{ attribute: 'displayName', operator: 'IS NOT NULL' as const }]] }
    const before = referring(world)
    const found = await held({ scopingFilters })
    expect(found.job.cycle).toBe('initial')
    expect(of(found, 1, 'group')).toMatchObject({ outcome: 'create', members: { added: 1, removed: 0 } })
    expect(differingReferences(found, before, referring(world), () => true)).toEqual([])
  })

  test('gain and lose members', async () => {
    for (const number of [1, 2, 3]) world.assign(world.user(number).id)
    world.group(1, { memberIds: [idOf('user', 1), idOf('user', 2)] })
    world.assign(idOf('group', 1))
    await earlier()
    world.group(1, { memberIds: [idOf('user', 2), idOf('user', 3)] })
    expect(of(await held(), 1, 'group')).toMatchObject({ outcome: 'update', members: { added: 1, removed: 1 } })
  })
})

test('the file is forecast as it stands: who it assigns, and whom its scope brings in', async () => {
  for (const number of [1, 2]) world.user(number)
  const assignments = { users: ['user1@contoso.test'], groups: [], exclusive: false }
  expect(of(await forecast({ assignments }), 1)).toMatchObject({ outcome: 'create' })
  expect((await forecast({ assignments })).users).toMatchObject({ create: 1, leaveOut: 1 })
  expect((await forecast({ scope: 'all' })).users).toMatchObject({ create: 2 })
})

test('an exclusive list takes the place of all assignments', async () => {
  for (const number of [1, 2]) world.assign(world.user(number).id)
  const assignments = { users: [idOf('user', 1)], groups: [], exclusive: true }
  expect((await forecast({ assignments })).users).toMatchObject({ create: 1, leaveOut: 1 })
})

test('limits are said to be exceeded', async () => {
  for (const number of [1, 2]) world.assign(world.user(number).id)
  expect((await forecast({}, { maxCreates: 1 })).exceeded).toEqual([
    '2 would be created, more than the 1 that are allowed',
  ])
  expect((await forecast({}, { maxCreates: 2, maxDisables: 0 })).exceeded).toEqual([])
})

describe('a limit of who may be disabled, where the target cannot be read', () => {
  const openTarget = () => {
    throw new TargetUnreadable('no secret')
  }
  const nobody = { user: [[{ attribute: 'displayName', operator: 'EQUALS' as const, value: 'nobody' }]] }
  const judged = async () =>
    (await forecast({ scopingFilters: nobody }, { openTarget, maxDisables: 0, maxCreates: 9 })).exceeded

  beforeEach(async () => {
    for (const number of [1, 2]) world.assign(world.user(number).id)
    await earlier()
  })

  test('is judged by the log', async () => {
    expect(await judged()).toEqual(['2 would be disabled or deleted, more than the 0 that are allowed'])
  })

  test('is exceeded without the log too, for nobody is seen to be managed', async () => {
    for (const permission of ['ProvisioningLog.Read.All', 'AuditLog.Read.All', 'Directory.Read.All'])
      world.permissions.delete(permission)
    expect(await judged()).toEqual([
      expect.stringMatching(/^whether more would be disabled .* than the 0 .* cannot be/),
    ])
    expect((await forecast({ scopingFilters: nobody }, { openTarget, maxCreates: 9 })).exceeded).toEqual([])
  })
})

describe('what could not be known is said', () => {
  const unknown = (text: string) => expect.arrayContaining([expect.stringContaining(text)])

  test('who is in a group that the update makes first', async () => {
    const file = {
      managedGroups: [{ name: 'To Come', members: [], owners: [] }],
      assignments: { groups: ['to come'], users: [], exclusive: false },
    }
    const found = await forecast(file)
    expect(found.unknowns).toEqual(unknown('who is in to come: the update makes these groups first'))
  })

  test('the target', async () => {
    world.assign(world.user(1).id)
    const openTarget = () => {
      throw new TargetUnreadable('no secret')
    }
    const found = await forecast({}, { openTarget })
    expect(found.unknowns).toEqual(unknown('who already exists at the target, and with which values: no secret'))
    expect(found).toMatchObject({ targetOnly: null, users: { create: 1 } })
  })

  test('the target, of a job that has run: what the log tells was written is compared', async () => {
    for (const number of [1, 2, 3]) world.assign(world.user(number).id)
    // Matched and found equal: the log does not say with what.
    const held = {
      userName: 'user3@contoso.test',
      active: true,
      externalId: idOf('user', 3),
      name: { formatted: 'User 3' },
    }
    world.target.put('Users', held)
    await earlier()
    world.user(1, { displayName: 'Renamed' })
    const openTarget = () => {
      throw new TargetUnreadable('no secret')
    }
    for (const restart of [false, true]) {
      const found = await forecast({}, { openTarget, restart })
      expect(of(found, 1)!.changes).toEqual([{ attribute: 'name.formatted', before: 'User 1', after: 'Renamed' }])
      expect([2, 3].map((number) => of(found, number)!.outcome)).toEqual(['unchanged', 'unchanged'])
    }
  })

  test('whom the job manages, without the log: by who is there', async () => {
    for (const number of [1, 2]) world.assign(world.user(number).id)
    await earlier()
    world.unassign(idOf('user', 1))
    for (const permission of ['ProvisioningLog.Read.All', 'AuditLog.Read.All', 'Directory.Read.All']) {
      world.permissions.delete(permission)
    }
    const found = await forecast()
    expect(found.unknowns).toEqual(unknown('whom the job manages already'))
    expect(of(found, 1)).toMatchObject({ outcome: 'disable' })
  })

  test('time, chance and attributes that Graph does not tell', async () => {
    use({
      schema: (schema) => {
        schema.directories[0]!.objects[0]!.attributes.push(attribute('extension_abc_team'))
        return schema
      },
    })
    world.assign(world.user(1).id)
    const additionalMappings = [
      { object: 'user' as const, source: 'RandomString(8, 0, 0, 0, 8,)', target: `${INFO}:info1` },
      { object: 'user' as const, source: 'Coalesce([extension_abc_team], "none")', target: `${INFO}:info2` },
    ]
    const { unknowns } = await forecast({ additionalMappings })
    expect(unknowns).toEqual(unknown(`the value of ${INFO}:info1: RandomString() makes it by chance`))
    expect(unknowns).toEqual(unknown('values made of extension_abc_team: Graph does not tell them'))
  })

  test('groups that may not be read', async () => {
    world.user(1)
    world.group(1, { memberIds: [idOf('user', 1)] })
    world.assign(idOf('group', 1))
    for (const permission of [...world.permissions].filter((name) => /Group|Directory/.test(name))) {
      world.permissions.delete(permission)
    }
    expect((await forecast()).unknowns).toEqual(unknown('who is assigned through a group'))
  })

  test('an application that is not there yet', async () => {
    world.store.servicePrincipals.delete('5e000000-0000-4000-8000-000000000001')
    world.user(1)
    const found = await forecast({ scope: 'all' })
    expect(found.unknowns).toEqual(unknown("the application 'M-Files' is not in the tenant yet"))
    expect(found.users.create).toBe(1)
  })
})

test('who may not read users gets no forecast, and is told what is missing', async () => {
  for (const name of [...world.permissions].filter((one) => /^(User|Directory)\./.test(one)))
    world.permissions.delete(name)
  await expect(forecast()).rejects.toThrow('User.Read.All')
})
