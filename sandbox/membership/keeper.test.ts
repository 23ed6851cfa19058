import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const dynamic = (membershipRule: unknown, more: object = {}) => ({
  displayName: 'Found by a rule',
  mailNickname: 'found',
  mailEnabled: false,
  securityEnabled: true,
  groupTypes: ['DynamicMembership'],
  membershipRule,
  membershipRuleProcessingState: 'On',
  ...more,
})
const make = async (rule: string, more?: object): Promise<string> =>
  (await sandbox.graph('POST', '/groups', dynamic(rule, more))).body.id
const membersOf = async (id: string): Promise<string[]> => {
  const { body } = await sandbox.graph('GET', `/groups/${id}/members?$select=userPrincipalName&$top=999`)
  return body.value.map((member: { userPrincipalName: string }) => member.userPrincipalName).sort()
}
const usersWith = async (filter: string): Promise<string[]> => {
  const { body } = await sandbox.graph('GET', `/users?$filter=${filter}&$select=userPrincipalName&$top=999`)
  return body.value.map((user: { userPrincipalName: string }) => user.userPrincipalName).sort()
}
const change = (path: string, body: object) => sandbox.graph('PATCH', path, body)
const idOf = async (name: string): Promise<string> => (await sandbox.graph('GET', `/users/${name}`)).body.id

test('a group has those whom its rule finds, from the moment it is made', async () => {
  const id = await make('user.department -eq "Engineering" -and user.accountEnabled -eq true')
  const expected = await usersWith("department eq 'Engineering' and accountEnabled eq true")
  expect(expected).toContain(KNOWN_USERS.diego)
  expect(await membersOf(id)).toEqual(expected)
})

test('users come and go as their properties change, as they are made, deleted and restored', async () => {
  const id = await make('user.department -eq "Moon base"')
  expect(await membersOf(id)).toEqual([])
  await change(`/users/${KNOWN_USERS.adele}`, { department: 'Moon base' })
  expect(await membersOf(id)).toEqual([KNOWN_USERS.adele])
  const name = 'neil@entrada-sandbox.example'
  const neil = await sandbox.graph('POST', '/users', {
    displayName: 'Neil',
    mailNickname: 'neil',
    userPrincipalName: name,
    accountEnabled: true,
    passwordProfile: { password: 'forgotten' },
    department: 'Moon base',
  })
  expect(await membersOf(id)).toEqual([KNOWN_USERS.adele, name])
  await sandbox.graph('DELETE', `/users/${neil.body.id}`)
  expect(await membersOf(id)).toEqual([KNOWN_USERS.adele])
  await sandbox.graph('POST', `/directory/deletedItems/${neil.body.id}/restore`)
  await change(`/users/${KNOWN_USERS.adele}`, { department: 'Sales' })
  expect(await membersOf(id)).toEqual([name])
})

test('direct reports follow their manager', async () => {
  const adele = await idOf(KNOWN_USERS.adele)
  const id = await make(`Direct Reports for "${adele}"`)
  const reports = await membersOf(id)
  expect(reports).not.toContain(KNOWN_USERS.megan)
  const { body } = await sandbox.graph('GET', `/users/${adele}/directReports?$select=userPrincipalName`)
  expect(body.value).toHaveLength(reports.length)
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${adele}` }
  await sandbox.graph('PUT', `/users/${KNOWN_USERS.megan}/manager/$ref`, reference)
  expect(await membersOf(id)).toEqual([...reports, KNOWN_USERS.megan].sort())
  await sandbox.graph('DELETE', `/users/${KNOWN_USERS.megan}/manager/$ref`)
  expect(await membersOf(id)).toEqual(reports)
})

test('a changed rule finds others; a paused one leaves the members as they are', async () => {
  const id = await make(`user.userPrincipalName -eq "${KNOWN_USERS.adele}"`)
  await change(`/groups/${id}`, { membershipRule: `user.userPrincipalName -eq "${KNOWN_USERS.megan}"` })
  expect(await membersOf(id)).toEqual([KNOWN_USERS.megan])
  await change(`/groups/${id}`, { membershipRuleProcessingState: 'Paused', membershipRule: 'user.objectId -eq null' })
  expect(await membersOf(id)).toEqual([KNOWN_USERS.megan])
  await change(`/groups/${id}`, { membershipRuleProcessingState: 'On' })
  expect(await membersOf(id)).toEqual([])
})

test('a rule that asks for the time is looked at as time passes', async () => {
  const { body } = await sandbox.control('GET', '/clock')
  const id = await make('user.employeeHireDate -le system.now')
  const tomorrow = new Date(Date.parse(body.now) + 86_400_000).toISOString()
  await change(`/users/${KNOWN_USERS.adele}`, { employeeHireDate: tomorrow })
  expect(await membersOf(id)).toEqual([])
  await sandbox.control('POST', '/clock', { advanceSeconds: 86_401 })
  expect(await membersOf(id)).toEqual([KNOWN_USERS.adele])
})

test('nobody else adds or removes members', async () => {
  const id = await make(`user.userPrincipalName -eq "${KNOWN_USERS.adele}"`)
  const [adele, megan] = [await idOf(KNOWN_USERS.adele), await idOf(KNOWN_USERS.megan)]
  const reference = `https://graph.microsoft.com/v1.0/directoryObjects/${megan}`
  for (const refused of [
    await sandbox.graph('POST', `/groups/${id}/members/$ref`, { '@odata.id': reference }),
    await sandbox.graph('DELETE', `/groups/${id}/members/${adele}/$ref`),
    await change(`/groups/${id}`, { 'members@odata.bind': [reference] }),
    await sandbox.graph('POST', '/groups', dynamic('user.objectId -eq null', { 'members@odata.bind': [reference] })),
  ]) {
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })
  }
  expect(await membersOf(id)).toEqual([KNOWN_USERS.adele])
})

test.each([
  ['a rule that cannot be read', 'user.departement -eq "Sales"', 'Wrong property applied.'],
  ['no rule', undefined, "A value is required for property 'membershipRule'"],
])('a dynamic group with %s is refused', async (_name, rule, message) => {
  expect(await sandbox.graph('POST', '/groups', dynamic(rule))).toMatchObject({
    status: 400,
    body: { error: { code: 'Request_BadRequest', message: expect.stringContaining(message) } },
  })
  const id = await make('user.objectId -eq null')
  expect((await change(`/groups/${id}`, { membershipRule: rule ?? null })).status).toBe(400)
})
