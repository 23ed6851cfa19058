import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const NO_PERMISSION = 2
let sandbox: TestSandbox
let synchronization: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  synchronization = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization`
})
afterAll(() => sandbox.close())

const outcome = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code]

describe('a caller without permissions', () => {
  test.each([
    ['GET', '/users'],
    ['GET', '/users/delta'],
    ['GET', '/groups'],
    ['GET', '/groups/x/members'],
    ['GET', '/applications'],
    ['POST', '/applications'],
    ['GET', '/servicePrincipals'],
    ['GET', '/servicePrincipals/x/appRoleAssignedTo'],
    ['POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`],
    ['GET', '/auditLogs/provisioning'],
    ['GET', '/directory/deletedItems/microsoft.graph.user'],
    ['POST', '/directoryObjects/getByIds'],
  ])('is refused %s %s', async (method, path) => {
    const reply = await sandbox.graph(method, path, method === 'POST' ? {} : undefined, {}, NO_PERMISSION)
    expect(outcome(reply)).toEqual([403, 'Authorization_RequestDenied'])
  })

  test('reads the gallery and the organization', async () => {
    for (const path of ['/applicationTemplates', '/organization']) {
      expect((await sandbox.graph('GET', path, undefined, {}, NO_PERMISSION)).status).toBe(200)
    }
  })
})

test('who may only read synchronization gets a plain 403 for a write', async () => {
  const authorization = `Bearer ${await sandbox.tokenWith(['Synchronization.Read.All'])}`
  const send = (method: string, path: string, body?: object) =>
    sandbox.send(method, `/v1.0${synchronization}${path}`, body, { authorization })
  expect((await send('GET', '/jobs')).status).toBe(200)
  expect(outcome(await send('POST', '/jobs', { templateId: 'mfiles' }))).toEqual([403, 'Authorization_RequestDenied'])
})

test.each([
  ['Synchronization.ReadWrite.All', 201],
  ['Application.ReadWrite.All', 201],
  ['Application.Read.All', 401],
])('who asks for a synchronization job with %s gets %i', async (permission, status) => {
  const authorization = `Bearer ${await sandbox.tokenWith([permission])}`
  const path = `/v1.0${synchronization}/jobs`
  expect((await sandbox.send('POST', path, { templateId: 'mfiles' }, { authorization })).status).toBe(status)
})

test('a token ends with the application that it was given to', async () => {
  const authorization = `Bearer ${await sandbox.tokenWith(['User.Read.All'])}`
  const read = () => sandbox.send('GET', '/v1.0/users?$top=1', undefined, { authorization })
  expect((await read()).status).toBe(200)
  const { body } = await sandbox.graph('GET', "/applications?$filter=displayName eq 'User.Read.All'")
  await sandbox.graph('DELETE', `/applications/${body.value[0].id}`)
  expect(outcome(await read())).toEqual([401, 'Authorization_IdentityNotFound'])
})

test('who may create groups changes those that it owns, and no others', async () => {
  const authorization = `Bearer ${await sandbox.tokenWith(['Group.Create', 'Application.Read.All'])}`
  const send = (method: string, path: string, body?: object) =>
    sandbox.send(method, `/v1.0${path}`, body, { authorization })
  const { oid } = JSON.parse(Buffer.from(authorization.split('.')[1]!, 'base64url').toString())
  const settings = { mailNickname: 'g', mailEnabled: false, securityEnabled: true }
  const bound = { 'owners@odata.bind': [`https://graph.microsoft.com/v1.0/directoryObjects/${oid}`] }
  const owned = (await send('POST', '/groups', { ...settings, ...bound, displayName: 'Owned' })).body
  const foreign = (await sandbox.graph('POST', '/groups', { ...settings, displayName: 'Foreign' })).body
  const member = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${foreign.id}` }
  for (const [id, status] of [
    [owned.id, 204],
    [foreign.id, 403],
  ]) {
    expect((await send('PATCH', `/groups/${id}`, { description: 'changed' })).status).toBe(status)
    expect((await send('POST', `/groups/${id}/members/$ref`, member)).status).toBe(status)
    expect((await send('DELETE', `/groups/${id}`)).status).toBe(status)
  }
})
