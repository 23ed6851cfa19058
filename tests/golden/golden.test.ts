import { readFileSync } from 'node:fs'
import { describe, expect, jest, test } from '@jest/globals'
import { expectGolden } from './compare.ts'
import { CLEAR_SECRET, type EngineConfig, engineConfig } from './engineConfig.ts'
import { GENERATED_SECRET } from './providerOutputs.ts'
import { shortUrn } from './recordingEngine.ts'
import { render } from './render.ts'
import { type Run, runProgram } from './runProgram.ts'

// The first test waits for the programs to start, which takes its time on a busy machine.
jest.setTimeout(90_000)

const API_URL = 'http://127.0.0.1:8080/api/tenants/default'
const PROVISIONING =
  'entrada:index:TenantProvisioning$entrada:index:Provisioning$entrasync:index:ProvisioningJob::tenant-provisioning'

const read = (stack: string, folder = '../../stacks') =>
  readFileSync(new URL(`${folder}/Pulumi.${stack}.yaml`, import.meta.url), 'utf8')
const groupsFile = read('groups', './stacks')

const run = (stack: string, config: EngineConfig, ...options: string[]) =>
  runProgram(stack, config, { ENTRADA_SCIM_API_URL: API_URL }, { options })

const invalidConfig = engineConfig(read('example').replace('entrada:scope: assigned', 'entrada:scope: everyone'))
invalidConfig.values['entrada:target'] = invalidConfig.values['entrada:target']!.replace('https:', 'http:')

// Most of a run is start-up, so the runs go side by side.
const runs: Record<string, Promise<Run>> = {
  local: run('local', engineConfig(read('local'))),
  example: run('example', engineConfig(read('example'))),
  groups: run('groups', engineConfig(groupsFile)),
  'example-azure': run('example-azure', engineConfig(read('example-azure'))),
  // A preview: an update would ask the registry for a token.
  'azure-build': run('azure-build', engineConfig(read('azure-build', './stacks')), '--dry-run'),
}
const inTenant = (tenantId: string) =>
  read('azure-build', './stacks').replace(
    'config:',
    `config:\n  azure-native:subscriptionId: subscription\n  azure-native:tenantId: ${tenantId}\n  entrada:tenantId: contoso.onmicrosoft.com`,
  )
const named = run('azure-build', engineConfig(inTenant('Contoso.onmicrosoft.com')), '--dry-run')
const contradicting = run('azure-build', engineConfig(inTenant('fabrikam.onmicrosoft.com')), '--dry-run')
const strangers = run(
  'groups',
  engineConfig(groupsFile.replace('adele.vance@', 'adelle@').replace('- M-Files Project Leads', '- M-Files Leads')),
)
const invalid = run('example', invalidConfig)

describe.each([
  ['local', GENERATED_SECRET],
  ['example', CLEAR_SECRET],
  ['groups', GENERATED_SECRET],
  ['example-azure', GENERATED_SECRET],
  ['azure-build', GENERATED_SECRET],
])('stack %s', (stack, secret) => {
  test('the program ends well and prints nothing', async () => {
    expect(await runs[stack]).toMatchObject({ exitCode: 0, errors: [], printed: '' })
  })

  test('registers what was reviewed', async () => {
    expectGolden(stack, (await runs[stack])!)
  })

  test('the client secret reaches the job, marked as secret, and stands nowhere in clear', async () => {
    const finished = (await runs[stack])!
    const registered = render(finished)
    const job = finished.registrations.get(PROVISIONING)!.getObject()!.toJavaScript()
    expect(JSON.stringify(job)).toContain(secret)
    expect(registered).toHaveProperty([PROVISIONING, 'inputs', 'credentials', 'clientSecret'], '[secret]')
    expect(JSON.stringify(registered)).not.toContain(secret)
  })
})

test('what a stack with a tenant of its own makes and looks up goes by providers of that tenant', async () => {
  const { registrations, calls, errors } = await named
  expect(errors).toEqual([])
  const made = [...registrations.values()].filter((one) => one.getCustom())
  const used = [...made.map((one) => ({ token: one.getType(), provider: shortUrn(one.getProvider()) })), ...calls]
  const ours = used.filter(({ token }) => /^(azure-native|azuread|entrasync):/.test(token))
  expect(ours.length).toBeGreaterThan(20)
  for (const { token, provider } of ours) {
    const [name] = token.split(':')
    expect(`${token} by ${provider}`).toContain(` by pulumi:providers:${name}::${name}-contoso.onmicrosoft.com::`)
  }
  const own = registrations.get('pulumi:providers:azure-native::azure-native-contoso.onmicrosoft.com')!
  expect(own.getObject()!.toJavaScript()).toMatchObject({
    subscriptionId: 'subscription',
    tenantId: 'contoso.onmicrosoft.com',
  })
})

test('another tenant for Azure alone stops the program before it makes anything', async () => {
  const { registrations, errors } = await contradicting
  expect(errors).toEqual([
    expect.stringContaining('azure-native:tenantId is fabrikam.onmicrosoft.com, and entrada:tenantId is contoso.'),
  ])
  expect([...registrations.keys()].filter((urn) => urn.includes('azure-native'))).toEqual([])
})

test('settings that cannot be used stop the program before it registers anything, all named, without a stack trace', async () => {
  const { registrations, errors, printed } = await invalid
  expect([...registrations.keys()]).toEqual(['pulumi:pulumi:Stack::entrada-example'])
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain('entrada:scope is "everyone": allowed are assigned, all')
  expect(errors[0]).toContain('entrada:target.tenantUrl is "http://contoso.m-files.example/scim/v2"')
  expect(errors[0]).not.toMatch(/\n {4}at /)
  expect(errors[0] + printed).not.toContain(CLEAR_SECRET)
})

test('members of managed groups that the directory does not have stop the program, all named, without a stack trace', async () => {
  const { registrations, errors, exitCode } = await strangers
  expect(exitCode).not.toBe(0)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain(
    "the tenant does not have all that entrada:managedGroups names:\n  - there is no group 'M-Files Leads'\n  - there is no user 'adelle@contoso.example'",
  )
  expect(errors[0]).not.toMatch(/\n {4}at /)
  expect([...registrations.keys()].filter((urn) => urn.includes('azuread:index/group:Group'))).toEqual([])
})
