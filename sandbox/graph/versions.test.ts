import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

const beta = async (method: string, path: string, body?: unknown) =>
  sandbox.send(method, `/beta${path}`, body, { authorization: `Bearer ${await sandbox.token()}` })

/** Of beta, and not of v1.0. */
const BETA = { writebackConfiguration: { isEnabled: true } }

test('what is written over beta and v1.0 does not have is seen on beta alone', async () => {
  const { body: group } = await beta('POST', '/groups', {
    displayName: 'Of beta',
    mailEnabled: false,
    mailNickname: 'beta',
    securityEnabled: true,
    ...BETA,
  })
  expect(group).toMatchObject(BETA)
  const path = `/groups/${group.id}`
  expect((await beta('GET', path)).body).toMatchObject(BETA)
  expect((await beta('GET', `/directoryObjects/${group.id}`)).body).toMatchObject(BETA)

  const nested = await sandbox.graph('POST', '/groups', {
    displayName: 'Around it',
    mailEnabled: false,
    mailNickname: 'around',
    securityEnabled: true,
    'members@odata.bind': [`https://graph.microsoft.com/v1.0/groups/${group.id}`],
  })
  const filter = "?$filter=displayName eq 'Of beta'"
  const shown = [
    (await sandbox.graph('GET', path)).body,
    (await sandbox.graph('GET', `${path}?$select=*`)).body,
    (await sandbox.graph('GET', `/groups${filter}`)).body.value[0],
    (await sandbox.graph('GET', `/directoryObjects/${group.id}`)).body,
    (await sandbox.graph('GET', `/groups/${nested.body.id}/members`)).body.value[0],
    (await sandbox.graph('GET', `/groups/${nested.body.id}?$expand=members`)).body.members[0],
  ]
  for (const view of shown) {
    expect(view.id).toBe(group.id)
    expect(view).not.toHaveProperty('writebackConfiguration')
  }
  expect((await sandbox.graph('GET', `${path}?$select=writebackConfiguration`)).status).toBe(400)
})

test('v1.0 hides it in deleted items, too', async () => {
  const { id } = (await sandbox.graph('GET', `/users/${KNOWN_USERS.adele}`)).body
  await beta('PATCH', `/users/${id}`, { deviceKeys: [] })
  await sandbox.graph('DELETE', `/users/${id}`)
  const item = `/directory/deletedItems/${id}`
  expect((await beta('GET', item)).body).toHaveProperty('deviceKeys')
  expect((await sandbox.graph('GET', item)).body).not.toHaveProperty('deviceKeys')
  expect((await sandbox.graph('POST', `${item}/restore`)).body).not.toHaveProperty('deviceKeys')
})
