/** `entrada review` and `entrada drift` on a stack that is being served, through the real engine. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, run, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(120_000)

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTenant()
  const { code, text } = await tenant.up()
  if (code !== 0) throw new Error(text)
})
afterAll(() => tenant?.stop())

const entrada = (...args: string[]): Promise<Outcome> =>
  run(process.execPath, ['cli/entrada.mjs', ...args], root, { ENTRADA_LOCAL: tenant.folder.path })

test('nothing to change, nothing drifted: both say so and change nothing', async () => {
  const before = await tenant.state()
  const review = await entrada('review', 'local')
  expect(review.text).toContain('No changes;')
  expect(review.code).toBe(0)
  const drift = await entrada('drift', 'local')
  expect(drift.text).toContain('local  as its last update left it')
  expect(drift.code).toBe(0)
  expect(await tenant.state()).toEqual(before)
})

test('a change of the stack’s file is reviewed with old and new value, and no secret', async () => {
  tenant.configure((config) => {
    config.notificationEmail = 'before@entrada-sandbox.example'
  })
  expect((await tenant.up()).code).toBe(0)
  const { code, text } = await entrada('review', 'local')
  expect(text).toContain('1 to update')
  expect(text).toContain(
    '`notificationEmail`: `before@entrada-sandbox.example` → `identity-ops@entrada-sandbox.example`',
  )
  const { clientSecret } = tenant.resource(await tenant.state(), 'ProvisioningJob').inputs!.credentials as {
    clientSecret: unknown
  }
  expect(JSON.stringify(clientSecret)).toContain('ciphertext')
  expect(text).not.toMatch(/clientSecret/)
  expect(code).toBe(0)
})

test('what somebody changed in the tenant is drift: named, exit code 3', async () => {
  const outputs = tenant.resource(await tenant.state(), 'GalleryApplication').outputs!
  await tenant.graph(`/servicePrincipals/${outputs.servicePrincipalId}`, {
    method: 'PATCH',
    body: { appRoleAssignmentRequired: false },
  })
  const { code, text } = await entrada('drift', 'local')
  expect(text).toContain("changed: GalleryApplication 'tenant-app'")
  expect(text).toContain('assignmentRequired: true → false')
  expect(code).toBe(3)
  const json = await entrada('drift', 'local', '--json')
  const document = JSON.parse(json.text.split('\n').findLast((line) => line.startsWith('['))!)
  expect(document).toMatchObject([{ stack: 'local', changes: [{ op: 'update', name: 'tenant-app' }] }])
})

test('a stack that cannot be looked at is a line of the report, and exit code 1', async () => {
  const { code, text } = await entrada('drift', 'fabrikam', 'local')
  expect(text).toContain('fabrikam  failed')
  expect(text).toContain("there is no stack 'fabrikam'")
  expect(text).toContain("changed: GalleryApplication 'tenant-app'")
  expect(code).toBe(1)
})
