import { expect, test } from '@jest/globals'
import { isMarker } from '../common/marker.ts'
import { Incomplete } from '../resource.ts'
import { addApplication, fakeTenant, TEMPLATE } from '../testing/tenant.ts'
import type { GalleryApplicationInputs } from './inputs.ts'
import { galleryApplication } from './resource.ts'

const inputs = (more: object = {}) =>
  galleryApplication.check({ template: 'M-Files', ...more }).inputs as GalleryApplicationInputs
const instantiations = (log: string[]) => log.filter((line) => line.endsWith('/instantiate')).length

test('create instantiates once, waits until both halves are readable, then marks what it made', async () => {
  const tenant = fakeTenant()
  let early = 2
  tenant.intercept = ({ method, path }) =>
    method === 'GET' && /^\/servicePrincipals\/[^/]+\?/.test(path) && early-- > 0 ? { status: 404 } : undefined
  const { id, outputs } = await galleryApplication.create(
    inputs({ displayName: 'Files', hidden: true, notes: 'n' }),
    tenant.context(),
  )
  const [principal] = [...tenant.principals.values()]
  expect(id).toBe(`/servicePrincipals/${principal?.id}`)
  expect(outputs).toMatchObject({
    templateId: TEMPLATE.id,
    displayName: 'Files',
    created: true,
    clientId: principal?.appId,
  })
  expect(principal?.tags).toEqual(['Gallery', 'HideApp', expect.stringMatching(/^entrasync:/)])
  expect(principal?.notes).toBe('n')
  expect(instantiations(tenant.log)).toBe(1)
  expect(tenant.clock.slept).toEqual([250, 400])
})

test('a second create after an interruption at any step takes the application over', async () => {
  const tenant = fakeTenant()
  addApplication(tenant, 'M-Files')
  const bare = await galleryApplication.create(inputs(), tenant.context())
  const marked = await galleryApplication.create(inputs(), tenant.context())
  expect(marked.id).toBe(bare.id)
  expect(marked.outputs.created).toBe(true)
  expect(instantiations(tenant.log)).toBe(0)
  expect(tenant.apps.size).toBe(1)
})

test('an application in use is refused, with the ways out', async () => {
  const tenant = fakeTenant()
  const { servicePrincipal } = addApplication(tenant, 'M-Files')
  tenant.assignments.set('a', { id: 'a' })
  const create = galleryApplication.create(inputs(), tenant.context('files'))
  await expect(create).rejects.toThrow(/already has an application 'M-Files'.*1 assignments/s)
  await expect(create).rejects.toThrow(
    `pulumi import entrasync:index:GalleryApplication files /servicePrincipals/${servicePrincipal.id}`,
  )
  await expect(create).rejects.toThrow(/adoptExisting: true.*another displayName/s)
  await expect(galleryApplication.preview(inputs(), undefined, tenant.context())).rejects.toThrow(/already has/)
  expect(instantiations(tenant.log)).toBe(0)
})

test('an adopted application is not marked and outlives the resource', async () => {
  const tenant = fakeTenant()
  const { servicePrincipal } = addApplication(tenant, 'M-Files')
  tenant.assignments.set('a', { id: 'a' })
  const asked = inputs({ adoptExisting: true })
  const { id, outputs } = await galleryApplication.create(asked, tenant.context())
  expect(outputs.created).toBe(false)
  expect(servicePrincipal.tags.some(isMarker)).toBe(false)
  await galleryApplication.delete({ id, inputs: asked, outputs }, tenant.context())
  expect(tenant.apps.size).toBe(1)
})

test('what another stack marked is no leftover, however bare', async () => {
  const tenant = fakeTenant()
  await galleryApplication.create(inputs(), tenant.context('one'))
  await expect(galleryApplication.create(inputs(), tenant.context('two'))).rejects.toThrow(/managed by another stack/)
})

test('a young application whose service principal is not listed yet is waited for, an old one is not', async () => {
  const tenant = fakeTenant()
  const { servicePrincipal } = addApplication(tenant, 'M-Files')
  tenant.principals.delete(servicePrincipal.id)
  tenant.intercept = () => {
    if (tenant.clock.slept.length >= 2) tenant.principals.set(servicePrincipal.id, servicePrincipal)
    return undefined
  }
  await expect(galleryApplication.create(inputs(), tenant.context())).resolves.toMatchObject({
    id: `/servicePrincipals/${servicePrincipal.id}`,
  })
  expect(tenant.apps.size).toBe(1)

  const old = fakeTenant()
  const { app, servicePrincipal: lost } = addApplication(old, 'M-Files')
  old.principals.delete(lost.id)
  app.createdDateTime = '2020-01-01T00:00:00Z'
  await expect(galleryApplication.create(inputs(), old.context())).rejects.toThrow(/service principal was deleted/)
  expect(old.clock.slept).toEqual([])
})

test.each([404, 504])(
  'when instantiate answers %d and made the application all the same, it is found',
  async (status) => {
    const tenant = fakeTenant()
    let lost = false
    tenant.intercept = ({ path }) => {
      if (!path.endsWith('/instantiate') || lost) return undefined
      lost = true
      addApplication(tenant, 'M-Files')
      return { status }
    }
    await galleryApplication.create(inputs(), tenant.context())
    expect(tenant.apps.size).toBe(1)
  },
)

test('a refused instantiation is reported at once', async () => {
  const tenant = fakeTenant()
  tenant.intercept = ({ path }) =>
    path.endsWith('/instantiate')
      ? { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } }
      : undefined
  await expect(galleryApplication.create(inputs(), tenant.context())).rejects.toThrow(
    /grant the application Application.ReadWrite.OwnedBy/,
  )
  expect(tenant.clock.slept).toEqual([])
})

test('a failure after instantiating keeps the id', async () => {
  const tenant = fakeTenant()
  tenant.intercept = ({ method }) =>
    method === 'PATCH'
      ? { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } }
      : undefined
  const error = await galleryApplication.create(inputs(), tenant.context()).catch((thrown: Error) => thrown)
  expect(error).toBeInstanceOf(Incomplete)
  expect((error as Incomplete<unknown>).id).toMatch(/^\/servicePrincipals\//)
})

test('an unknown gallery name is an error with the near names, at preview too', async () => {
  const tenant = fakeTenant()
  const preview = galleryApplication.preview(inputs({ template: 'mfiles' }), undefined, tenant.context())
  await expect(preview).rejects.toThrow("no application named 'mfiles'. Did you mean 'M-Files'?")
})

test('preview of a new application writes nothing', async () => {
  const tenant = fakeTenant()
  await galleryApplication.preview(inputs(), undefined, tenant.context())
  expect(tenant.log.every((line) => line.startsWith('GET'))).toBe(true)
})

test('read tells drift and an import the inputs to write', async () => {
  const tenant = fakeTenant()
  const asked = inputs({ notes: 'n' })
  const { id, outputs } = await galleryApplication.create(asked, tenant.context())
  Object.assign(tenant.principals.get(outputs.servicePrincipalId)!, { notes: null, appRoleAssignmentRequired: false })
  const state = await galleryApplication.read({ id, inputs: asked, outputs }, tenant.context())
  expect(galleryApplication.diff({ ...state!, outputs }, asked).changes).toEqual({
    notes: 'add',
    assignmentRequired: 'update',
  })
  for (const path of [`/applications/${outputs.applicationObjectId}`, outputs.servicePrincipalId]) {
    const imported = await galleryApplication.read(
      { id: path, inputs: undefined, outputs: undefined },
      tenant.context(),
    )
    expect(imported).toMatchObject({
      id,
      inputs: { template: 'M-Files', assignmentRequired: false },
      outputs: { created: true },
    })
  }
})

test('only a not-found means gone; a refusal does not', async () => {
  const tenant = fakeTenant()
  const state = { id: '/servicePrincipals/00000000-0000-0000-0000-00000000dead', inputs: inputs(), outputs: undefined }
  await expect(galleryApplication.read(state, tenant.context())).resolves.toBeNull()
  tenant.intercept = () => ({ status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } })
  await expect(galleryApplication.read(state, tenant.context())).rejects.toThrow(/403/)
})

test('update writes only what differs, and only the template replaces', async () => {
  const tenant = fakeTenant()
  const olds = inputs()
  const { id, outputs } = await galleryApplication.create(olds, tenant.context())
  const news = inputs({ displayName: 'Renamed' })
  expect(galleryApplication.diff({ id, inputs: olds, outputs }, news).changes).toEqual({ displayName: 'add' })
  expect(galleryApplication.diff({ id, inputs: olds, outputs }, inputs({ template: 'Box' })).changes).toEqual({
    template: 'update-replace',
  })
  await galleryApplication.update({ id, inputs: olds, outputs }, news, tenant.context())
  expect(tenant.written.get(`PATCH /servicePrincipals/${outputs.servicePrincipalId}`)).toEqual({
    displayName: 'Renamed',
  })
  expect(tenant.written.get(`PATCH /applications/${outputs.applicationObjectId}`)).toEqual({ displayName: 'Renamed' })
})

test('delete removes the application, and purges it if asked', async () => {
  const tenant = fakeTenant()
  const asked = inputs({ purgeOnDelete: true })
  const { id, outputs } = await galleryApplication.create(asked, tenant.context())
  await galleryApplication.delete({ id, inputs: asked, outputs }, tenant.context())
  expect(tenant.apps.size + tenant.principals.size).toBe(0)
  expect(tenant.log).toContain(`DELETE /directory/deletedItems/${outputs.applicationObjectId}`)
})
