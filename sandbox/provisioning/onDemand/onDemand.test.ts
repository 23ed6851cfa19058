import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { SCIM_RULE_ID, templateSchema } from '../../../sync/defaults/templates.ts'
import { type Fixture, fixture } from '../fixture.testing.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
})
afterEach(() => at.close())

type Subject = { objectId: string; objectTypeName: string; links?: object }

const user = (objectId: string): Subject => ({ objectId, objectTypeName: 'User' })
const group = (objectId: string, ...members: string[]): Subject => ({
  objectId,
  objectTypeName: 'Group',
  links: { members: members.map(user) },
})

const raw = (subjects: unknown, ruleId = SCIM_RULE_ID) =>
  at.provisioning.provisionOnDemand(at.job.id, [{ ruleId, subjects }])

// The results are read as a client would, without types.
// biome-ignore lint/suspicious/noExplicitAny: JSON in text
const run = async (...subjects: Subject[]): Promise<any[]> => JSON.parse((await raw(subjects)).value)

const stepsOf = (result: { provisioningSteps: { name: string; type: string; status: string }[] }) =>
  result.provisioningSteps.map(({ name, type, status }) => `${name} ${type} ${status}`)

describe('a user', () => {
  test('who is assigned is created, told step by step, and logged; the job stays as it is', async () => {
    at.user('anna')
    at.assign('anna')
    const before = at.current()
    const [result] = await run(user('anna'))
    expect(result).toMatchObject({
      action: 'Create',
      statusInfo: { status: 'Success' },
      sourceIdentity: { id: 'anna', type: 'User', details: { UserPrincipalName: 'anna@contoso.test' } },
      targetIdentity: { type: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' },
      sourceSystem: { name: 'Azure Active Directory' },
      targetSystem: { name: 'M-Files' },
    })
    expect(result.modifiedProperties).toContainEqual({
      displayName: 'userName',
      oldValue: null,
      newValue: 'anna@contoso.test',
    })
    expect(stepsOf(result)).toEqual([
      'EntryImportAdd Import Success',
      'EntrySynchronizationScoping Scoping Success',
      'EntryImport Matching Success',
      'EntrySynchronizationAdd Processing Success',
      'EntryExportAdd Export Success',
    ])
    expect(result.provisioningSteps[1].details).toMatchObject({
      IsActive: 'True',
      Assigned: 'True',
      IsInProvisioningScopeDisplayName: 'True',
    })
    expect(at.current()).toEqual(before)
    expect(at.logged()).toEqual(['create success anna'])
  })

  test('who is as wanted already is skipped as redundant', async () => {
    at.user('anna')
    at.assign('anna')
    await run(user('anna'))
    const [result] = await run(user('anna'))
    expect(result).toMatchObject({ action: 'Other', statusInfo: { status: 'Skipped', errorCode: 'RedundantExport' } })
    expect(result.provisioningSteps.at(-1)).toMatchObject({
      name: 'EntrySynchronizationSkip',
      details: { SkipReason: 'RedundantExport' },
    })
  })

  test('who is not assigned is skipped, and one who was provisioned is disabled', async () => {
    at.user('anna')
    const [skipped] = await run(user('anna'))
    expect(skipped).toMatchObject({ statusInfo: { status: 'Skipped', errorCode: 'NotEffectivelyEntitled' } })
    expect(skipped.provisioningSteps[1]).toMatchObject({ status: 'Skipped', details: { Assigned: 'False' } })
    at.assign('anna')
    await run(user('anna'))
    at.unassign('anna')
    expect((await run(user('anna')))[0]).toMatchObject({ action: 'Disable', statusInfo: { status: 'Success' } })
  })

  test('who is disabled in the source is left alone', async () => {
    at.user('anna')
    at.assign('anna')
    await run(user('anna'))
    at.target.take()
    at.user('anna', { accountEnabled: false })
    expect((await run(user('anna')))[0]).toMatchObject({ statusInfo: { errorCode: 'NotActiveInSource' } })
    expect(at.target.take()).toEqual([])
  })

  test('whom we disabled is not restored, but by the next cycle', async () => {
    at.user('anna')
    at.assign('anna')
    await at.provisioning.runCycle(at.job.id)
    at.unassign('anna')
    await at.provisioning.runCycle(at.job.id)
    at.assign('anna')
    at.target.take()
    expect((await run(user('anna')))[0]).toMatchObject({
      statusInfo: { status: 'Skipped', errorCode: 'RestoreNotSupportedOnDemand' },
    })
    expect(at.target.take()).toEqual([])
    expect((await at.provisioning.runCycle(at.job.id)).users.updated).toBe(1)
    expect([...at.target.resources.Users.values()]).toMatchObject([{ active: true }])
  })

  test('is patched in the first dialect whatever the tenant URL says', async () => {
    at.setSecrets({ SecretToken: 't', BaseAddress: `${at.target.origin}/scim?aadOptscim062020` })
    at.user('anna')
    at.assign('anna')
    await run(user('anna'))
    at.target.take()
    at.user('anna', { displayName: 'Anna' })
    await run(user('anna'))
    expect(at.target.take()[1]).toMatch(/"op":"Replace","path":"displayName"/)
  })

  test('gets no roles', async () => {
    const schema = templateSchema('scim')
    const [mapping] = schema.synchronizationRules[0]!.objectMappings
    mapping!.attributeMappings.find((one) => one.targetAttributeName === 'title')!.source!.expression =
      'SingleAppRoleAssignment([appRoleAssignments])'
    at.store.jobs.put(at.job.id, { ...at.job, schema })
    at.user('anna', { jobTitle: 'Lead' })
    at.assign('anna')
    await run(user('anna'))
    expect([...at.target.resources.Users.values()][0]).not.toHaveProperty('title')
  })

  test('who fails is told with the error, and retried by the job', async () => {
    at.target.fault = ({ method }) => (method === 'POST' ? { status: 409, body: 'taken' } : undefined)
    at.user('anna')
    at.assign('anna')
    const [result] = await run(user('anna'))
    expect(result).toMatchObject({
      action: 'Create',
      statusInfo: { status: 'Failure', errorCode: 'EntryConflict', recommendedAction: expect.any(String) },
    })
    expect(at.store.escrows.size).toBe(1)
  })
})

describe('a group', () => {
  beforeEach(() => {
    for (const id of ['anna', 'ben', 'cleo']) at.user(id)
    at.group('Sales', ['anna', 'ben', 'cleo'])
    at.assign('Sales')
  })

  test('is provisioned with the members named, and no other', async () => {
    const [result] = await run(group('Sales', 'anna', 'ben'))
    expect(result).toMatchObject({ action: 'Create', sourceIdentity: { id: 'Sales', type: 'Group' } })
    expect([...at.target.resources.Groups.values()]).toMatchObject([{ members: ['t1', 't2'] }])
    expect(at.target.resources.Users.size).toBe(2)
    expect(stepsOf(result)).toContain('EntryImportObjectReferences ReferenceResolution Success')
  })

  test('gets its other members with the next cycle', async () => {
    await run(group('Sales', 'anna'))
    await at.provisioning.runCycle(at.job.id)
    expect([...at.target.resources.Groups.values()]).toMatchObject([{ members: ['t1', 't3', 't4'] }])
  })
})

describe('the answer', () => {
  beforeEach(() => {
    at.user('anna')
    at.assign('anna')
  })

  test('is an array under a type name, as seen', async () => {
    const { key, value } = await raw([user('anna')])
    expect(key).toBe('Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo')
    expect(JSON.parse(value)).toHaveLength(1)
  })

  test('is an object under its result, as documented, where that is chosen', async () => {
    const other = await fixture('scim', { onDemandReply: 'object' })
    other.user('ben')
    const parameters = [{ ruleId: SCIM_RULE_ID, subjects: [user('ben')] }]
    const { key, value } = await other.provisioning.provisionOnDemand(other.job.id, parameters)
    expect(JSON.parse(key)).toMatchObject({ result: 'Skipped', details: { errorCode: 'NotEffectivelyEntitled' } })
    expect(JSON.parse(value)).toMatchObject({ action: 'Other' })
    await other.close()
  })

  test('tells of a connection that fails', async () => {
    at.target.fault = () => ({ status: 401 })
    expect(await run(user('anna'))).toMatchObject([
      {
        statusInfo: { status: 'Failure', errorCode: 'SystemForCrossDomainIdentityManagementInvalidCredentials' },
        provisioningSteps: [{ name: 'TestConnection', status: 'Failure' }],
      },
    ])
  })
})

test.each<[string, unknown, string]>([
  ['six users', [1, 2, 3, 4, 5, 6].map((n) => user(`u${n}`)), '6 users are too many: at most 5'],
  ['six members', [group('Sales', '1', '2', '3', '4', '5', '6')], '6 members are too many: at most 5'],
  ['two groups', [group('A'), group('B')], 'Only one group'],
  ['a user and a group', [user('anna'), group('A')], 'cannot be provisioned by one request'],
  ['a nested group', [{ ...group('A'), links: { members: [group('B')] } }], 'nested groups'],
  ['a device', [{ objectId: 'x', objectTypeName: 'Device' }], 'allowed: User, Group'],
  ['nobody', [], 'subjects names no object'],
  ['a user who does not exist', [user('nobody')], 'There is no user nobody'],
  ['no subject', [null], 'A subject is to be an object, not null'],
  ['a name', ['anna'], 'A subject is to be an object, not "anna"'],
  ['a list', [[]], 'A subject is to be an object, not []'],
  ['links that are a text', [{ ...group('A'), links: 'x' }], 'The links of a subject is to be an object, not "x"'],
  ['members that are a text', [{ ...group('A'), links: { members: 'x' } }], 'links.members is to be a list'],
  ['a member that is none', [{ ...group('A'), links: { members: [null] } }], 'A member is to be an object, not null'],
])('%s cannot be provisioned on demand', async (_, subjects, message) => {
  await expect(raw(subjects)).rejects.toThrow(message)
})

test.each<[unknown, string]>([
  [null, 'parameters is to be a list'],
  [[null], 'An entry of parameters is to be an object, not null'],
  [['x'], 'An entry of parameters is to be an object, not "x"'],
  [[{ ruleId: null }], 'There is no synchronization rule ""'],
  [[{ ruleId: 7 }], 'There is no synchronization rule 7'],
])('the parameters %j are refused', async (parameters, message) => {
  await expect(at.provisioning.provisionOnDemand(at.job.id, parameters)).rejects.toThrow(
    expect.objectContaining({ name: 'OnDemandError', message: expect.stringContaining(message) }),
  )
})

test('a rule that the job does not have is named', async () => {
  await expect(raw([user('anna')], 'nope')).rejects.toThrow('There is no synchronization rule "nope"')
})
