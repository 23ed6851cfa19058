import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const instantiate = async (displayName = 'M-Files (Test)', client = 0) =>
  (await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName }, {}, client))
    .body
const names = (reply: { body: { value: { displayName: string }[] } }) =>
  reply.body.value.map(({ displayName }) => displayName)

describe('the gallery', () => {
  test('is searched by name, by part of a name and by category', async () => {
    const search = (filter: string) =>
      sandbox.graph('GET', `/applicationTemplates?$filter=${encodeURIComponent(filter)}`)
    expect(names(await search("displayName eq 'm-files'"))).toEqual(['M-Files'])
    expect(names(await search("contains(displayName,'alesf')"))).toEqual(['Salesforce', 'Salesforce Sandbox'])
    expect(names(await search("categories/any(c:contains(c,'crm'))"))).toEqual(['Salesforce', 'Salesforce Sandbox'])
    expect((await search("publisher eq 'M-Files'")).status).toBe(400)
  })

  test('understands a form-encoded query, as Go clients send it', async () => {
    expect(names(await sandbox.graph('GET', '/applicationTemplates?%24filter=displayName+eq+%27M-Files%27'))).toEqual([
      'M-Files',
    ])
  })

  test('answers 404 for an unknown template', async () => {
    const reply = await sandbox.graph(
      'POST',
      '/applicationTemplates/00000000-0000-0000-0000-000000000001/instantiate',
      { displayName: 'x' },
    )
    expect([reply.status, reply.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
  })
})

describe('an application from the gallery', () => {
  test('comes with its service principal and the two usual roles', async () => {
    const { application, servicePrincipal } = await instantiate()
    expect(servicePrincipal).toMatchObject({
      appId: application.appId,
      displayName: 'M-Files (Test)',
      applicationTemplateId: MFILES_TEMPLATE,
      appRoleAssignmentRequired: true,
      accountEnabled: true,
    })
    expect(names({ body: { value: servicePrincipal.appRoles } })).toEqual(['User', 'msiam_access'])
    expect(servicePrincipal.tags).toContain('WindowsAzureActiveDirectoryIntegratedApp')
  })

  test('exposes one scope, on both of its objects', async () => {
    const { application, servicePrincipal } = await instantiate()
    const { oauth2PermissionScopes } = application.api
    expect(oauth2PermissionScopes).toMatchObject([
      { value: 'user_impersonation', type: 'User', isEnabled: true, adminConsentDisplayName: 'Access M-Files (Test)' },
    ])
    expect(servicePrincipal.oauth2PermissionScopes).toEqual(oauth2PermissionScopes)
    expect(servicePrincipal.appDisplayName).toBe('M-Files (Test)')
  })

  test('is made anew by every call', async () => {
    const [one, other] = [await instantiate(), await instantiate()]
    expect(one.application.id).not.toBe(other.application.id)
  })

  test('is found by template, by name, by tag and by its appId as a key', async () => {
    const {
      servicePrincipal: { id, appId },
    } = await instantiate()
    const ids = async (filter: string) =>
      (await sandbox.graph('GET', `/servicePrincipals?$filter=${encodeURIComponent(filter)}`)).body.value.map(
        (one: { id: string }) => one.id,
      )
    expect(await ids(`applicationTemplateId eq '${MFILES_TEMPLATE}' and displayName eq 'M-Files (Test)'`)).toEqual([id])
    expect(await ids(`appId eq '${appId}'`)).toEqual([id])
    expect(await ids("tags/any(t:t eq 'WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1')")).toEqual([id])
    expect((await sandbox.graph('GET', `/servicePrincipals(appId='${appId}')?$select=id`)).body).toMatchObject({ id })
  })

  test('is changed in what can be changed, and nothing else', async () => {
    const { application, servicePrincipal } = await instantiate()
    const path = `/servicePrincipals/${servicePrincipal.id}`
    const changes = {
      '@odata.type': '#microsoft.graph.servicePrincipal',
      displayName: 'New',
      tags: ['HideApp'],
      appRoleAssignmentRequired: false,
      notes: 'n',
      loginUrl: 'https://x.example',
    }
    expect((await sandbox.graph('PATCH', path, changes)).status).toBe(204)
    const { '@odata.type': _, ...expected } = changes
    expect((await sandbox.graph('GET', path)).body).toMatchObject(expected)
    expect((await sandbox.graph('PATCH', path, { appId: 'x' })).body.error.message).toContain("'appId'")
    expect((await sandbox.graph('PATCH', `/applications/${application.id}`, { tags: 'no list' })).status).toBe(400)
  })

  test('has identifier URIs that no other application has', async () => {
    const taken = 'Another object with the same value for property identifierUris already exists.'
    const make = (displayName: string, identifierUris: string[]) =>
      sandbox.graph('POST', '/applications', { displayName, identifierUris })
    const { body: first } = await make('first', ['api://one', 'api://two'])
    expect((await make('second', ['api://two'])).body.error.message).toBe(taken)
    const { body: second } = await make('second', [])
    const patch = (id: string, identifierUris: string[]) =>
      sandbox.graph('PATCH', `/applications/${id}`, { identifierUris })
    expect((await patch(second.id, ['api://one'])).body.error.message).toBe(taken)
    expect((await patch(first.id, ['api://one'])).status).toBe(204)
    await sandbox.graph('DELETE', `/applications/${first.id}`)
    expect((await patch(second.id, ['api://one'])).status).toBe(204)
    const restored = await sandbox.graph('POST', `/directory/deletedItems/${first.id}/restore`)
    expect(restored.body.error.message).toBe(taken)
  })

  test('is found by its ids in capitals', async () => {
    const { application, servicePrincipal } = await instantiate()
    for (const path of [
      `/applications/${application.id.toUpperCase()}`,
      `/applications(appId='${application.appId.toUpperCase()}')`,
      `/servicePrincipals/${servicePrincipal.id.toUpperCase()}`,
      `/servicePrincipals(appId='${application.appId.toUpperCase()}')`,
    ]) {
      expect((await sandbox.graph('GET', path)).body.appId).toBe(application.appId)
    }
  })

  test('has owners', async () => {
    const { application } = await instantiate()
    const owner = (await sandbox.graph('GET', '/users/adele.vance@entrada-sandbox.example')).body
    const path = `/applications/${application.id}/owners`
    const reference = { '@odata.id': `${sandbox.address.graph}/v1.0/directoryObjects/${owner.id}` }
    expect((await sandbox.graph('POST', `${path}/$ref`, reference)).status).toBe(204)
    expect((await sandbox.graph('POST', `${path}/$ref`, reference)).body.error.message).toContain('already exist')
    expect((await sandbox.graph('GET', path)).body.value).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', id: owner.id },
    ])
    expect((await sandbox.graph('DELETE', `${path}/${owner.id}/$ref`)).status).toBe(204)
    expect((await sandbox.graph('GET', path)).body.value).toEqual([])
  })

  test('takes its service principal, jobs and secrets along when it is deleted, and comes back without the latter two', async () => {
    const { application, servicePrincipal } = await instantiate()
    const path = `/servicePrincipals/${servicePrincipal.id}`
    const job = (await sandbox.graph('POST', `${path}/synchronization/jobs`, { templateId: 'mfiles' })).body
    await sandbox.graph('PUT', `${path}/synchronization/secrets`, { value: [{ key: 'SyncAll', value: 'true' }] })
    expect((await sandbox.graph('DELETE', `/applications/${application.id}`)).status).toBe(204)
    expect((await sandbox.graph('GET', path)).status).toBe(404)
    expect(sandbox.provisioning.calls).toContain(`remove ${job.id}`)
    const deleted = await sandbox.graph('GET', '/directory/deletedItems/microsoft.graph.application')
    expect(names(deleted)).toEqual(['M-Files (Test)'])

    expect((await sandbox.graph('POST', `/directory/deletedItems/${application.id}/restore`)).status).toBe(200)
    expect((await sandbox.graph('GET', path)).status).toBe(200)
    expect((await sandbox.graph('GET', `${path}/synchronization/secrets`)).body.value).toEqual([])

    await sandbox.graph('DELETE', `/applications/${application.id}`)
    expect((await sandbox.graph('DELETE', `/directory/deletedItems/${application.id}`)).status).toBe(204)
    for (const id of [application.id, servicePrincipal.id]) {
      expect((await sandbox.graph('GET', `/directory/deletedItems/${id}`)).status).toBe(404)
    }
  })

  test('cannot be read before it is replicated, and its synchronization answers 401', async () => {
    await sandbox.control('POST', '/settings', { replicationDelayMs: 60_000 })
    const { application, servicePrincipal } = await instantiate()
    const read = async () =>
      (
        await Promise.all([
          sandbox.graph('GET', `/applications/${application.id}`),
          sandbox.graph('GET', `/servicePrincipals/${servicePrincipal.id}`),
          sandbox.graph('GET', `/servicePrincipals/${servicePrincipal.id}/synchronization/templates`),
          sandbox.graph('GET', `/servicePrincipals?$filter=appId eq '${application.appId}'`),
        ])
      ).map(({ status, body }) => [status, body.error?.code ?? body.value?.length])
    expect(await read()).toEqual([
      [404, 'Request_ResourceNotFound'],
      [404, 'Request_ResourceNotFound'],
      [401, 'UnknownError'],
      [200, 0],
    ])
    await sandbox.control('POST', '/clock', { advanceSeconds: 61 })
    expect((await read()).map(([status]) => status)).toEqual([200, 200, 200, 200])
  })
})

describe('a client that may only touch its own', () => {
  const LEAST = 1
  test('owns what it makes, and is refused with others', async () => {
    const [own, foreign] = [await instantiate('own', LEAST), await instantiate('foreign')]
    const rename = (id: string) => sandbox.graph('PATCH', `/applications/${id}`, { displayName: 'renamed' }, {}, LEAST)
    const templates = (id: string) =>
      sandbox.graph('GET', `/servicePrincipals/${id}/synchronization/templates`, undefined, {}, LEAST)
    expect((await rename(own.application.id)).status).toBe(204)
    expect((await templates(own.servicePrincipal.id)).status).toBe(200)
    expect((await rename(foreign.application.id)).body.error.code).toBe('Authorization_RequestDenied')
    expect((await templates(foreign.servicePrincipal.id)).body.error).toMatchObject({
      code: 'UnknownError',
      message: '',
    })
  })
})
