import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { type Fixture, fixture } from './fixture.testing.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
})
afterEach(() => at.close())

const run = () => at.provisioning.runCycle(at.job.id)
const counts = (some: object) => ({ created: 0, updated: 0, disabled: 0, deleted: 0, skipped: 0, failed: 0, ...some })
const idOf = (objectId: string) => at.store.links.get(`${at.job.id}/${objectId}`)!.targetId

describe('an initial cycle', () => {
  test('creates assigned users and groups, then writes members and managers', async () => {
    at.user('boss')
    at.user('anna', { managerId: 'boss', department: 'R&D' })
    at.user('stranger')
    at.group('Sales', ['anna', 'boss'])
    at.assign('Sales')
    const cycle = await run()
    expect(cycle).toMatchObject({
      kind: 'initial',
      state: 'Succeeded',
      users: counts({ created: 2 }),
      groups: counts({ created: 1 }),
    })
    const requests = at.target.take()
    expect(requests.slice(0, 4).sort()).toEqual([
      'GET /Users?filter=userName eq "anna@contoso.test"',
      'GET /Users?filter=userName eq "boss@contoso.test"',
      'POST /Users',
      'POST /Users',
    ])
    expect(requests.slice(4)).toEqual([
      'GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"',
      'POST /Groups',
      `PATCH /Users/${idOf('anna')} [{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"${idOf('boss')}"}]`,
      `PATCH /Groups/${idOf('Sales')} [{"op":"Add","path":"members","value":[{"$ref":null,"value":"${idOf('anna')}"},{"$ref":null,"value":"${idOf('boss')}"}]}]`,
    ])
    expect(at.logged().sort()).toEqual([
      'create success Sales',
      'create success anna',
      'create success boss',
      'update success Sales',
      'update success anna',
    ])
  })

  test('opens with a probe for a user that does not exist, with the bearer secret', async () => {
    await run()
    expect(at.target.seen).toHaveLength(1)
    expect(at.target.seen[0]).toMatchObject({
      method: 'GET',
      path: '/Users',
      query: expect.stringMatching(/^filter=userName eq "[0-9a-f-]{36}"$/),
      authorization: 'Bearer bearer-secret',
    })
  })

  test('links a matched user and writes only what differs', async () => {
    const id = at.target.add('Users', { userName: 'ANNA@contoso.test', displayName: 'Old name', active: true })
    at.user('anna')
    at.assign('anna')
    expect((await run()).users).toEqual(counts({ updated: 1 }))
    expect(at.target.take()[1]).toBe(`PATCH /Users/${id} [{"op":"Replace","path":"displayName","value":"User anna"}]`)
    expect(idOf('anna')).toBe(id)
  })

  test('links a matched equal user without a write', async () => {
    at.target.add('Users', { userName: 'anna@contoso.test', displayName: 'User anna', active: true })
    at.user('anna')
    at.assign('anna')
    expect((await run()).users).toEqual(counts({ skipped: 1 }))
    expect(at.target.take()).toHaveLength(1)
    expect(at.logged()).toEqual(['other skipped anna RedundantExport'])
  })

  test('leaves out nested members, groups without security, disabled and soft-deleted users', async () => {
    for (const id of ['direct', 'nested', 'mailer', 'off', 'gone']) at.user(id)
    at.user('off', { accountEnabled: false })
    at.user('gone', { deletedDateTime: '2026-02-01T00:00:00Z' })
    at.group('Inner', ['nested'])
    at.group('Outer', ['direct', 'Inner', 'off', 'gone'])
    at.group('Mail', ['mailer'], { securityEnabled: false })
    at.assign('Outer')
    at.assign('Mail')
    const cycle = await run()
    expect(cycle.users).toEqual(counts({ created: 1, skipped: 2 }))
    expect(cycle.groups).toEqual(counts({ created: 1 }))
    expect([...at.target.resources.Users.values()].map((user) => user.userName)).toEqual(['direct@contoso.test'])
  })

  test('takes everybody with SyncAll', async () => {
    at.setSecrets({ SecretToken: 't', SyncAll: 'True' })
    at.user('a')
    at.user('b')
    at.group('G', [])
    const cycle = await run()
    expect(cycle.users.created + cycle.groups.created).toBe(3)
  })

  test('flows a guest under the name of its own domain', async () => {
    at.user('g', { userPrincipalName: 'gail_fabrikam.test#EXT#@contoso.test', userType: 'Guest' })
    at.assign('g')
    await run()
    expect([...at.target.resources.Users.values()][0]).toMatchObject({ userName: 'gail@fabrikam.test' })
  })

  test('finds what an interrupted cycle made, so that nothing is made twice', async () => {
    at.user('anna')
    at.assign('anna')
    await run()
    at.store.links.delete(`${at.job.id}/anna`)
    at.store.jobs.put(at.job.id, { ...at.current(), watermark: null })
    await run()
    expect(at.target.resources.Users.size).toBe(1)
  })

  test('fails the second of two users who match the same object of the target', async () => {
    at.user('anna')
    at.assign('anna')
    await run()
    at.logged()
    at.user('anna2', { userPrincipalName: 'Anna@contoso.test' })
    at.assign('anna2')
    expect((await run()).users).toEqual(counts({ failed: 1 }))
    expect(at.logged()).toEqual(['create failure anna2 DuplicateSourceEntries'])
  })

  test('lets a user take over from one who was disabled', async () => {
    at.user('anna')
    at.assign('anna')
    await run()
    at.user('anna', { deletedDateTime: '2026-03-01T00:00:00Z' })
    await run()
    at.user('anna2', { userPrincipalName: 'anna@contoso.test' })
    at.assign('anna2')
    await run()
    expect(idOf('anna2')).toBe(idOf('anna'))
  })

  test('fails an object of which the target has two', async () => {
    at.target.add('Users', { userName: 'anna@contoso.test' })
    at.target.add('Users', { userName: 'anna@contoso.test' })
    at.user('anna')
    at.assign('anna')
    expect(await run()).toMatchObject({ state: 'EntryLevelErrors', users: counts({ failed: 1 }) })
    expect(at.logged()).toEqual(['create failure anna DuplicateTargetEntries'])
  })
})

describe('an incremental cycle', () => {
  beforeEach(async () => {
    at.user('anna')
    at.user('ben')
    at.group('Sales', ['anna', 'ben'])
    at.assign('Sales')
    await run()
    at.target.take()
    at.logged()
  })

  test('without changes makes no request but the probe', async () => {
    const cycle = await run()
    expect(cycle).toMatchObject({ kind: 'incremental', state: 'Succeeded', users: counts({}), groups: counts({}) })
    expect(at.target.take()).toEqual([])
    expect(at.logged()).toEqual([])
  })

  test('reads the target and patches what changed', async () => {
    at.user('anna', { displayName: 'Anna Ek', jobTitle: 'Lead' })
    expect((await run()).users).toEqual(counts({ updated: 1 }))
    expect(at.target.take()).toEqual([
      `GET /Users/${idOf('anna')}`,
      `PATCH /Users/${idOf('anna')} [{"op":"Replace","path":"displayName","value":"Anna Ek"},{"op":"Add","path":"title","value":"Lead"}]`,
    ])
  })

  test('does not clear what was emptied in the source', async () => {
    at.user('anna', { jobTitle: 'Lead' })
    await run()
    at.target.take()
    at.user('anna', { jobTitle: null })
    expect((await run()).users).toEqual(counts({ skipped: 1 }))
    expect(at.target.take()).toEqual([])
  })

  test('disables a user who left the group and takes the membership away', async () => {
    at.group('Sales', ['anna'])
    const cycle = await run()
    expect(cycle).toMatchObject({ users: counts({ disabled: 1 }), groups: counts({ updated: 1 }) })
    expect(at.target.take()).toEqual(
      [
        `PATCH /Users/${idOf('ben')} [{"op":"Replace","path":"active","value":"False"}]`,
        `PATCH /Groups/${idOf('Sales')} [{"op":"Remove","path":"members","value":[{"$ref":null,"value":"${idOf('ben')}"}]}]`,
      ].sort((a) => (a.includes('/Users') ? -1 : 1)),
    )
    expect(at.logged()).toContain('disable success ben')
    expect((await run()).users).toEqual(counts({}))
  })

  test('restores a user who comes back, with the membership', async () => {
    at.group('Sales', ['anna'])
    await run()
    at.target.take()
    at.group('Sales', ['anna', 'ben'])
    expect((await run()).users).toEqual(counts({ updated: 1 }))
    expect(at.target.take()).toEqual([
      `GET /Users/${idOf('ben')}`,
      `PATCH /Users/${idOf('ben')} [{"op":"Replace","path":"active","value":"True"}]`,
      `PATCH /Groups/${idOf('Sales')} [{"op":"Add","path":"members","value":[{"$ref":null,"value":"${idOf('ben')}"}]}]`,
    ])
  })

  test.each([
    ['disabled in the source', { accountEnabled: false }],
    ['soft-deleted', { deletedDateTime: '2026-03-01T00:00:00Z' }],
  ])('disables a user who was %s, and deletes when the source object is gone', async (_, change) => {
    at.user('anna', change)
    expect((await run()).users).toEqual(counts({ disabled: 1 }))
    at.store.users.delete('anna')
    expect((await run()).users).toEqual(counts({ deleted: 1 }))
    expect([...at.store.log.values()].at(-1)).toMatchObject({ action: 'delete', displayName: 'User anna' })
    expect(at.target.resources.Users.size).toBe(1)
  })

  test('leaves a user alone who was unassigned before being deleted', async () => {
    at.group('Sales', ['ben'])
    await run()
    at.target.take()
    at.store.users.delete('anna')
    expect((await run()).users).toEqual(counts({}))
    expect(at.target.take()).toEqual([])
  })

  test('deletes a group that is unassigned and creates it when assigned again', async () => {
    at.user('anna')
    at.assign('anna')
    at.assign('ben')
    await run()
    at.unassign('Sales')
    expect((await run()).groups).toEqual(counts({ deleted: 1 }))
    at.assign('Sales')
    expect((await run()).groups).toEqual(counts({ created: 1 }))
    expect([...at.target.resources.Groups.values()]).toEqual([
      expect.objectContaining({ displayName: 'Sales', members: [idOf('anna'), idOf('ben')] }),
    ])
  })

  test('deletes an assigned group that is deleted in Entra, and counts it once', async () => {
    at.unassign('Sales')
    at.store.groups.delete('Sales')
    at.user('anna')
    at.assign('anna')
    at.assign('ben')
    const id = idOf('Sales')
    const guard = { DeleteThresholdEnabled: true, DeleteThresholdValue: 1 }
    at.setSecrets({ SecretToken: 't', SyncNotificationSettings: JSON.stringify(guard) })
    expect(await run()).toMatchObject({ users: counts({ skipped: 1 }), groups: counts({ deleted: 1 }) })
    expect(at.target.take()).toEqual([`DELETE /Groups/${id}`])
    expect(at.target.resources.Groups.size).toBe(0)
    expect((await run()).groups).toEqual(counts({}))
  })

  test('with SkipOutOfScopeDeletions does nothing to who leaves the scope', async () => {
    at.setSecrets({ SecretToken: 't', SkipOutOfScopeDeletions: 'True' })
    at.unassign('Sales')
    expect(await run()).toMatchObject({ users: counts({ skipped: 2 }), groups: counts({ skipped: 1 }) })
    expect(at.target.take()).toEqual([])
    expect(at.logged()).toContain('other skipped anna SkipOutOfScopeDeletions')
    expect((await run()).users).toEqual(counts({}))
  })

  test('leaves a filtered-out user disabled, and speaks the compliant dialect to a gallery application', async () => {
    const gallery = await fixture('mfiles')
    const schema = templateSchema('mfiles')
    schema.synchronizationRules[0]!.objectMappings[0]!.scope = {
      groups: [
        {
          name: 'Engineers',
          clauses: [{ sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand: { values: ['R&D'] } }],
        },
      ],
      inputFilterGroups: [],
      categoryFilterGroups: [],
    }
    gallery.store.jobs.put(gallery.job.id, { ...gallery.job, schema })
    gallery.user('anna', { department: 'R&D' })
    gallery.user('ben', { department: 'HR' })
    gallery.assign('anna')
    gallery.assign('ben')
    const first = await gallery.provisioning.runCycle(gallery.job.id)
    expect(first.users).toEqual(counts({ created: 1, skipped: 1 }))
    gallery.target.take()
    gallery.user('anna', { department: 'HR' })
    const second = await gallery.provisioning.runCycle(gallery.job.id)
    expect(second.users).toEqual(counts({ disabled: 1 }))
    expect(gallery.target.take()).toEqual([
      expect.stringMatching(/^PATCH \/Users\/t1 \[\{"op":"replace","value":\{"active":false\}\}\]$/),
    ])
    await gallery.close()
  })

  test('sets, changes and clears a manager', async () => {
    const path = '"path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"'
    at.user('anna', { managerId: 'ben' })
    await run()
    expect(at.target.take()).toEqual([`PATCH /Users/${idOf('anna')} [{"op":"Add",${path},"value":"${idOf('ben')}"}]`])
    at.user('anna', { managerId: null })
    await run()
    expect(at.target.take()).toEqual([`PATCH /Users/${idOf('anna')} [{"op":"Replace",${path},"value":""}]`])
  })

  test('retries what failed, and then writes the membership that had to wait', async () => {
    at.target.fault = ({ method, path }) =>
      method === 'POST' && path === '/Users' ? { status: 500, body: 'oops' } : undefined
    at.user('cleo')
    at.group('Sales', ['anna', 'ben', 'cleo'])
    expect(await run()).toMatchObject({ state: 'EntryLevelErrors', users: counts({ failed: 1 }) })
    expect(at.logged()).toContain('create failure cleo InternalServerError')
    expect(at.store.escrows.size).toBe(1)
    at.target.fault = () => undefined
    at.target.take()
    expect(await run()).toMatchObject({ state: 'Succeeded', users: counts({ created: 1 }) })
    expect(at.target.take().at(-1)).toContain(
      `"op":"Add","path":"members","value":[{"$ref":null,"value":"${idOf('cleo')}"}]`,
    )
    expect(at.store.escrows.size).toBe(0)
  })

  test('retries what a group could not be told, with what changed since', async () => {
    for (const id of ['cleo', 'dora']) at.user(id)
    at.target.fault = ({ method, path }) =>
      method === 'PATCH' && path.startsWith('/Groups') ? { status: 500, body: 'oops' } : undefined
    at.group('Sales', ['ben', 'cleo'])
    expect(await run()).toMatchObject({ state: 'EntryLevelErrors', groups: counts({ failed: 1 }) })
    at.target.fault = () => undefined
    at.group('Sales', ['ben', 'cleo', 'dora'])
    expect(await run()).toMatchObject({ state: 'Succeeded', groups: counts({ updated: 1 }) })
    const group = at.target.resources.Groups.get(idOf('Sales'))!
    expect(new Set(group.members as string[])).toEqual(new Set(['ben', 'cleo', 'dora'].map(idOf)))
  })

  test('deletes in place of disabling where the target does not support the latter', async () => {
    const schema = templateSchema('scim')
    schema.directories[1]!.objects[0]!.metadata.push({ key: 'IsSoftDeletionSupported', value: 'False' })
    at.store.jobs.put(at.job.id, { ...at.current(), schema })
    at.unassign('Sales')
    expect((await run()).users).toEqual(counts({ deleted: 2 }))
  })

  test('logs a failed deletion as such', async () => {
    at.target.fault = ({ method }) => (method === 'DELETE' ? { status: 403 } : undefined)
    at.unassign('Sales')
    await run()
    expect(at.logged()).toContain('delete failure Sales InsufficientRights')
  })

  test('says that the target lost an object', async () => {
    at.target.resources.Users.delete(idOf('anna'))
    at.user('anna', { displayName: 'New' })
    await run()
    expect(at.logged()).toEqual(['update failure anna InvalidAnchor'])
    at.provisioning.restart(at.job.id, undefined)
    await run()
    expect(at.logged()).toContain('create success anna')
  })
})
