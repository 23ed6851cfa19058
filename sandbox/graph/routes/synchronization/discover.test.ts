import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { templateSchema } from '../../../../sync/defaults/templates.ts'
import type { DirectoryDefinition } from '../../../../sync/schema.ts'
import { createProvisioning } from '../../../provisioning/service.ts'
import { MFILES_TEMPLATE, NON_GALLERY_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20, templateSchema })
})
afterAll(() => sandbox.close())

async function newSchema(template: string, templateId: string, on = sandbox) {
  const made = await on.graph('POST', `/applicationTemplates/${template}/instantiate`, { displayName: 'x' })
  const jobs = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  const { body } = await on.graph('POST', jobs, { templateId })
  const path = `${jobs}/${body.id}/schema`
  const directories = (await on.graph('GET', `${path}/directories`)).body.value as DirectoryDefinition[]
  return { path, target: directories.at(-1)! }
}

test('what the target has is kept in the schema, with the time', async () => {
  const { path, target } = await newSchema(MFILES_TEMPLATE, 'mfiles')
  const { status, body } = await sandbox.graph('POST', `${path}/directories/${target.id}/discover`)
  expect([status, body.discoveryDateTime]).toEqual([200, expect.stringMatching(/^\d{4}-.*Z$/)])
  const schema = (await sandbox.graph('GET', path)).body
  expect(schema.version).toBe('v1.1')
  expect(schema.directories.at(-1)).toMatchObject({ discoveryDateTime: body.discoveryDateTime, name: 'discovered' })
})

test('directories that do not support it, and unknown ones, are refused', async () => {
  const { path, target } = await newSchema(NON_GALLERY_TEMPLATE, 'scim')
  expect((await sandbox.graph('POST', `${path}/directories/${target.id}/discover`)).status).toBe(400)
  expect((await sandbox.graph('POST', `${path}/directories/none/discover`)).status).toBe(404)
})

test('a target that cannot be asked is told by the code of the provisioning service', async () => {
  const real = await startTestSandbox({ users: 20, templateSchema, createProvisioning })
  try {
    const { path, target } = await newSchema(MFILES_TEMPLATE, 'mfiles', real)
    const { status, body } = await real.graph('POST', `${path}/directories/${target.id}/discover`)
    expect([status, body.error.code]).toEqual([400, 'SystemForCrossDomainIdentityManagementInvalidCredentials'])
  } finally {
    await real.close()
  }
})
