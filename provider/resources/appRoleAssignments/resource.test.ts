import { expect, test } from '@jest/globals'
import { type MaybeUnknown, UNKNOWN } from '../resource.ts'
import { addApplication, fakeTenant, newId } from '../testing/tenant.ts'
import type { AppRoleAssignmentsInputs } from './inputs.ts'
import { appRoleAssignments } from './resource.ts'

function setUp() {
  const tenant = fakeTenant()
  const { servicePrincipal } = addApplication(tenant, 'M-Files')
  const user = (name: string, more: object = {}) => {
    const made = {
      id: newId(),
      displayName: name,
      userPrincipalName: `${name}@t.example`,
      accountEnabled: true,
      ...more,
    }
    tenant.users.push(made)
    return made
  }
  const group = (
    displayName: string,
    members: object[] = [{ '@odata.type': '#microsoft.graph.user' }],
    more: object = {},
  ) => {
    const made = { id: newId(), displayName, securityEnabled: true, ...more }
    tenant.groups.push(made)
    tenant.members.set(made.id, members)
    return made
  }
  const inputs = (more: object) =>
    appRoleAssignments.check({ servicePrincipalId: servicePrincipal.id, ...more }).inputs as AppRoleAssignmentsInputs
  return { tenant, servicePrincipal, user, group, inputs }
}

const assigned = (tenant: ReturnType<typeof setUp>['tenant']) =>
  [...tenant.assignments.values()].map((one) => one.principalDisplayName).sort()

test('users and groups by name or id get the user role, in few requests', async () => {
  const { tenant, servicePrincipal, user, group, inputs } = setUp()
  const names = Array.from({ length: 30 }, (_, index) => user(`u${index}`).userPrincipalName)
  const sales = group('Sales')
  const { id, outputs } = await appRoleAssignments.create(inputs({ users: names, groups: ['Sales'] }), tenant.context())
  expect(id).toBe(`/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`)
  const role = servicePrincipal.appRoles.find(({ displayName }) => displayName === 'User')
  expect(new Set([...tenant.assignments.values()].map((one) => one.appRoleId))).toEqual(new Set([role?.id]))
  expect(outputs.principals).toHaveLength(31)
  expect(outputs.principals[0]).toEqual({
    name: 'Sales',
    id: sales.id,
    displayName: 'Sales',
    type: 'Group',
    assignmentId: expect.stringContaining(sales.id),
  })
  expect(tenant.graph.calls).toBe(7)
})

test('all that is unknown or ambiguous is said at once, at preview too, with near names', async () => {
  const { tenant, user, group, inputs } = setUp()
  user('adele')
  const twins = [group('Twin'), group('Twin')]
  group('Sales Department')
  const preview = appRoleAssignments.preview(
    {
      ...inputs({ users: ['adelle@t.example', 'nobody@x.example'], groups: ['Sales', 'Twin'] }),
      servicePrincipalId: UNKNOWN,
    },
    undefined,
    tenant.context(),
  )
  const error = (await preview.catch((thrown) => thrown)) as Error
  expect(error.message).toMatch(/groups: there is no group 'Sales'; did you mean 'Sales Department'\?/)
  expect(error.message).toContain(
    `2 groups are named 'Twin'; give the object id of one: ${twins.map(({ id }) => id).join(', ')}`,
  )
  expect(error.message).toMatch(/users: there is no user 'adelle@t.example'; did you mean 'adele@t.example'\?/)
  expect(error.message).toMatch(/users: there is no user 'nobody@x.example'$/m)
})

test('an unknown role is an error that names the roles', async () => {
  const { tenant, inputs } = setUp()
  await expect(appRoleAssignments.preview(inputs({ role: 'Boss' }), undefined, tenant.context())).rejects.toThrow(
    /'Boss' is no role.*'msiam_access', 'User'/,
  )
})

test('what Entra would not provision is a warning, told once', async () => {
  const { tenant, user, group, inputs } = setUp()
  user('gone', { accountEnabled: false })
  group('Nest', [{ '@odata.type': '#microsoft.graph.group', displayName: 'Inner' }])
  group('Empty', [])
  group('Team', undefined, { securityEnabled: false })
  group('Dynamic', [], { groupTypes: ['DynamicMembership'] })
  const asked = inputs({ users: ['gone@t.example'], groups: ['Nest', 'Empty', 'Team', 'Dynamic'] })
  const context = tenant.context()
  const { id, outputs } = await appRoleAssignments.create(asked, context)
  expect(outputs.warnings).toEqual([
    expect.stringMatching(/'Nest' contains 'Inner': Entra provisions direct members only/),
    expect.stringMatching(/'Empty' has no members/),
    expect.stringMatching(/'Team' is not a security group/),
    expect.stringMatching(/'gone' \(gone@t.example\) is disabled/),
  ])
  expect(context.logged).toHaveLength(4)
  const again = tenant.context()
  await appRoleAssignments.update({ id, inputs: asked, outputs }, asked, again)
  expect(again.logged).toEqual([])
})

test('a group that the program has just made is waited for, and looked up alone', async () => {
  const { tenant, user, group, inputs } = setUp()
  user('early')
  const fresh = group('Fresh')
  let misses = 3
  tenant.intercept = ({ path }) =>
    path.startsWith(`/groups/${fresh.id}?`) && misses-- > 0
      ? { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: '' } } }
      : undefined
  await appRoleAssignments.create(inputs({ users: ['early@t.example'], groups: [fresh.id] }), tenant.context())
  expect(assigned(tenant)).toEqual(['Fresh', 'early'])
  expect(tenant.log.filter((line) => line.startsWith('GET /users/early'))).toHaveLength(1)
})

test('a group by an id that nobody has is given up after a minute, at preview at once; a name is not waited for', async () => {
  const { tenant, inputs } = setUp()
  const id = newId()
  const failure = new RegExp(`groups: there is no group '${id}'`)
  await expect(appRoleAssignments.preview(inputs({ groups: [id] }), undefined, tenant.context())).rejects.toThrow(
    failure,
  )
  await expect(appRoleAssignments.create(inputs({ groups: [id, 'Nowhere'] }), tenant.context())).rejects.toThrow(
    failure,
  )
  expect(tenant.clock.slept).toEqual([])
  await expect(appRoleAssignments.create(inputs({ groups: [id] }), tenant.context())).rejects.toThrow(failure)
  const waited = tenant.clock.slept.reduce((sum, one) => sum + one, 0)
  expect(waited).toBeCloseTo(60_000)
})

test('ids that are not known before the update are left open at preview, and the rest is still checked', async () => {
  const { tenant, group, inputs, servicePrincipal } = setUp()
  group('Sales')
  const open: MaybeUnknown<AppRoleAssignmentsInputs> & object = {
    ...inputs({ groups: ['Sales'] }),
    groups: ['Sales', UNKNOWN],
  }
  const checked = appRoleAssignments.check({ servicePrincipalId: servicePrincipal.id, groups: ['Sales', UNKNOWN] })
  expect(checked).toMatchObject({ failures: [], inputs: { groups: ['Sales', UNKNOWN] } })
  expect(await appRoleAssignments.preview(open, undefined, tenant.context())).toMatchObject({
    appRoleId: expect.any(String),
    principals: UNKNOWN,
  })
  const wrong: typeof open = { ...open, groups: ['Salez', UNKNOWN] }
  await expect(appRoleAssignments.preview(wrong, undefined, tenant.context())).rejects.toThrow(
    "there is no group 'Salez'",
  )
  const olds = {
    id: '',
    inputs: inputs({ groups: ['Sales'] }),
    outputs: { appRoleId: '', principals: [], warnings: [] },
  }
  expect(appRoleAssignments.diff(olds, open).changes).toEqual({ 'groups[1]': 'add' })
})

test('a principal that Entra does not know everywhere yet is tried again, alone', async () => {
  const { tenant, user, inputs } = setUp()
  const late = user('late')
  user('early')
  let refusals = 2
  tenant.intercept = ({ method, body }) =>
    method === 'POST' && (body as { principalId?: string })?.principalId === late.id && refusals-- > 0
      ? { status: 400, body: { error: { code: 'Request_BadRequest', message: 'Not a valid reference update.' } } }
      : undefined
  await appRoleAssignments.create(inputs({ users: ['early@t.example', 'late@t.example'] }), tenant.context())
  expect(assigned(tenant)).toEqual(['early', 'late'])
  expect(tenant.log.filter((line) => line.startsWith('POST'))).toHaveLength(4)
})

test('an assignment that is there already is not an error', async () => {
  const { tenant, user, inputs } = setUp()
  user('a')
  const asked = inputs({ users: ['a@t.example'] })
  const first = await appRoleAssignments.create(asked, tenant.context())
  let hidden = true
  tenant.intercept = ({ method, path }) => {
    if (method !== 'GET' || !path.includes('appRoleAssignedTo') || !hidden) return undefined
    hidden = false
    return { body: { value: [] } }
  }
  const second = await appRoleAssignments.create(asked, tenant.context())
  expect(second.outputs.principals).toEqual(first.outputs.principals)
})

test('update adds and removes what changed, and leaves strangers alone unless exclusive', async () => {
  const { tenant, user, inputs } = setUp()
  for (const name of ['a', 'b', 'c', 'stranger']) user(name)
  const olds = inputs({ users: ['a@t.example', 'b@t.example'] })
  const { id, outputs } = await appRoleAssignments.create(olds, tenant.context())
  await appRoleAssignments.create(inputs({ users: ['stranger@t.example'] }), tenant.context())
  const news = inputs({ users: ['b@t.example', 'c@t.example'] })
  const updated = await appRoleAssignments.update({ id, inputs: olds, outputs }, news, tenant.context())
  expect(assigned(tenant)).toEqual(['b', 'c', 'stranger'])
  await appRoleAssignments.update(
    { id, inputs: news, outputs: updated },
    { ...news, exclusive: true },
    tenant.context(),
  )
  expect(assigned(tenant)).toEqual(['b', 'c'])
})

test('another role is given before the old one is taken', async () => {
  const { tenant, user, inputs } = setUp()
  user('a')
  const olds = inputs({ users: ['a@t.example'] })
  const { id, outputs } = await appRoleAssignments.create(olds, tenant.context())
  tenant.log.length = 0
  await appRoleAssignments.update({ id, inputs: olds, outputs }, { ...olds, role: 'msiam_access' }, tenant.context())
  expect(tenant.log.filter((line) => !line.startsWith('GET')).map((line) => line.split(' ')[0])).toEqual([
    'POST',
    'DELETE',
  ])
})

test('the diff names each principal, and order is none', () => {
  const { inputs } = setUp()
  const olds = {
    id: '',
    inputs: inputs({ users: ['a', 'b', 'c'], groups: ['g'] }),
    outputs: { appRoleId: '', principals: [], warnings: [] },
  }
  const diff = (more: object) => appRoleAssignments.diff(olds, { ...olds.inputs, ...more }).changes
  expect(diff({ users: ['C', 'b', 'a'] })).toEqual({})
  expect(diff({ users: ['a', 'b', 'c', 'd'] })).toEqual({ 'users[3]': 'add' })
  expect(diff({ users: ['a', 'c'], groups: ['h'] })).toEqual({ 'users[1]': 'delete', 'groups[0]': 'update' })
  expect(diff({ users: UNKNOWN })).toEqual({ users: 'update' })
  expect(diff({ servicePrincipalId: UNKNOWN })).toEqual({ servicePrincipalId: 'update-replace' })
})

test('read drops who lost the assignment, and shows strangers where the lists are exclusive', async () => {
  const { tenant, user, inputs } = setUp()
  user('a')
  user('b')
  const stranger = user('stranger')
  const asked = inputs({ users: ['a@t.example', 'b@t.example'] })
  const { id, outputs } = await appRoleAssignments.create(asked, tenant.context())
  await appRoleAssignments.create(inputs({ users: ['stranger@t.example'] }), tenant.context())
  tenant.assignments.delete(outputs.principals[0]!.assignmentId)
  const state = await appRoleAssignments.read({ id, inputs: asked, outputs }, tenant.context())
  expect(state?.inputs.users).toEqual(['b@t.example'])
  const exclusive = await appRoleAssignments.read(
    { id, inputs: { ...asked, exclusive: true }, outputs },
    tenant.context(),
  )
  expect(exclusive?.inputs.users).toEqual(['b@t.example', stranger.id])
})

test('delete removes what was made, and what is gone already is no error', async () => {
  const { tenant, user, inputs } = setUp()
  user('a')
  user('b')
  const asked = inputs({ users: ['a@t.example', 'b@t.example'] })
  const { id, outputs } = await appRoleAssignments.create(asked, tenant.context())
  tenant.assignments.delete(outputs.principals[0]!.assignmentId)
  await appRoleAssignments.delete({ id, inputs: asked, outputs }, tenant.context())
  expect(tenant.assignments.size).toBe(0)
})
