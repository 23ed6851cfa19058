/** `entrada review` and `entrada drift` on a stack that is being served, through the real engine. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
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

test('what somebody changed in the tenant is drift: named, since when and by whom, exit code 3', async () => {
  const state = await tenant.state()
  const { servicePrincipalId: id } = tenant.resource(state, 'GalleryApplication').outputs as {
    servicePrincipalId: string
  }
  const { jobId } = tenant.resource(state, 'ProvisioningJob').outputs as { jobId: string }
  const job = `/servicePrincipals/${id}/synchronization/jobs/${jobId}`
  await tenant.graph(`/servicePrincipals/${id}`, { method: 'PATCH', body: { appRoleAssignmentRequired: false } })
  // biome-ignore lint/suspicious/noExplicitAny: Graph's schema, edited as the portal edits it
  const schema = await tenant.graph<any>(`${job}/schema`)
  const [user] = schema.synchronizationRules[0].objectMappings
  user.attributeMappings = user.attributeMappings.filter(
    ({ targetAttributeName }: { targetAttributeName: string }) => targetAttributeName !== 'name.familyName',
  )
  await tenant.graph(`${job}/schema`, { method: 'PUT', body: schema })
  const settings = { Enabled: true, Recipients: 'else@contoso.example', DeleteThresholdEnabled: false }
  await tenant.graph(`/servicePrincipals/${id}/synchronization/secrets`, {
    method: 'PUT',
    body: {
      value: [
        { key: 'SyncAll', value: 'true' },
        { key: 'SyncNotificationSettings', value: JSON.stringify(settings) },
      ],
    },
  })
  await tenant.graph(`${job}/pause`, { method: 'POST' })
  const assigned = await tenant.graph<{ value: { id: string; principalDisplayName: string }[] }>(
    `/servicePrincipals/${id}/appRoleAssignedTo`,
  )
  const adele = assigned.value.find(({ principalDisplayName }) => principalDisplayName === 'Adele Vance')!
  await tenant.graph(`/servicePrincipals/${id}/appRoleAssignedTo/${adele.id}`, { method: 'DELETE' })

  const { code, text } = await entrada('drift', 'local')
  expect(text).toContain("changed: GalleryApplication 'tenant-app'")
  expect(text).toMatch(/assignmentRequired: true → false\n {8}by application 'Entrada automation', .*\d{4}-/)
  for (const line of [
    'accidentalDeletions.enabled: true → false',
    'scope: "assigned" → "all"',
    'status: "on" → "off"',
    'notificationEmail: "before@entrada-sandbox.example" → "else@contoso.example"',
    'mappingDrift: nothing → "user name.familyName: not mapped, by default',
    'users[0]: "adele.vance@entrada-sandbox.example" → nothing',
  ]) {
    expect(text).toContain(line)
  }
  expect(code).toBe(3)
  const json = await entrada('drift', 'local', '--json')
  const [found] = JSON.parse(json.text.split('\n').findLast((line) => line.startsWith('{'))!).tenants
  expect(found).toMatchObject({ stack: 'local', outcome: 'refused', errors: expect.any(Array) })
  const by = Object.fromEntries(
    found.changes.flatMap(({ properties }: { properties: { path: string; origin?: { activity: string } }[] }) =>
      properties.map(({ path: at, origin }) => [at, origin?.activity]),
    ),
  )
  expect(by).toEqual({
    assignmentRequired: 'Update service principal',
    'accidentalDeletions.enabled': 'Update provisioning setting or credentials',
    notificationEmail: 'Update provisioning setting or credentials',
    scope: expect.stringMatching(/^Update /),
    status: 'Disable/pause provisioning configuration',
    mappingDrift: 'Update attribute mappings or scope',
    'users[0]': 'Remove app role assignment from user',
  })
})

test('a stack that cannot be looked at is a line of the report, and exit code 1', async () => {
  const stacks = path.join(tenant.folder.path, 'stacks')
  mkdirSync(stacks)
  cpSync(path.join(root, 'stacks', 'Pulumi.local.yaml'), path.join(stacks, 'Pulumi.local.yaml'))
  writeFileSync(path.join(stacks, 'Pulumi.fabrikam.yaml'), 'config: { scope: everyone }')
  const drift = (...args: string[]) =>
    run(process.execPath, ['cli/entrada.mjs', 'drift', ...args], root, {
      ENTRADA_LOCAL: tenant.folder.path,
      ENTRADA_STACKS: stacks,
    })
  const { code, text } = await drift()
  expect(text).toContain('fabrikam  failed')
  expect(text).toContain('entrada:scope is "everyone"')
  expect(text).toContain("changed: GalleryApplication 'tenant-app'")
  expect(code).toBe(1)
  expect(await drift('umbrella')).toEqual({
    code: 1,
    text: expect.stringContaining("there is no stack 'umbrella'; there are fabrikam, local"),
  })
})
