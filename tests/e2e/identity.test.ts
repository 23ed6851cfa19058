import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { PROGRAM_FOLDERS } from '../../cli/stack/program.ts'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, run, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

const REPOSITORY = 'contoso/tenants'
let tenant: Tenant
let clone: string
const plugins: ChildProcess[] = []

beforeAll(async () => {
  tenant = await startTenant({ users: 30 })
  clone = mkdtempSync(path.join(tmpdir(), 'entrada-onboarding-'))
  for (const name of ['package.json', 'onboarding', ...PROGRAM_FOLDERS])
    cpSync(path.join(root, name), path.join(clone, name), { recursive: true })
  symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
})
afterAll(async () => {
  for (const plugin of plugins) plugin.kill()
  await tenant?.stop()
  if (clone) rmSync(clone, { recursive: true, force: true })
})

/** What an engine needs to use the stand-in for azuread with these credentials. */
async function withAzuread(env: Record<string, string>): Promise<Record<string, string>> {
  const plugin = spawn(process.execPath, [path.join(root, 'tests/e2e/azureadPlugin.ts')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  plugins.push(plugin)
  const [port] = await once(plugin.stdout, 'data')
  return { ...env, PULUMI_DEBUG_PROVIDERS: `azuread:${String(port).trim()}` }
}

function done(outcome: Outcome): string {
  if (outcome.code !== 0) throw new Error(outcome.text)
  return outcome.text
}

/** The token of a job in GitHub; its issuer cannot be reached from here, so the sandbox believes it. */
function jobToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: 'https://token.actions.githubusercontent.com',
    sub: `repo:${REPOSITORY}:environment:sandbox`,
    aud: 'api://AzureADTokenExchange',
    nbf: now,
    exp: now + 3600,
  }
  return `${part({ alg: 'RS256', kid: 'k' })}.${part(payload)}.eA`
}

/** @returns what the identity's jobs have in their environment */
async function onboard(stack: string, access: string, resources: number): Promise<Record<string, string>> {
  const env = {
    ...(await withAzuread(tenant.env)),
    PULUMI_BACKEND_URL: `file://${clone}`,
    // As `npm run pulumi` does: an engine that was built here finds its language host by it.
    ENTRADA_ROOT: root,
  }
  const cwd = path.join(clone, 'onboarding')
  const pulumi = (...args: string[]) =>
    run(tenant.engine, [...args, '--stack', stack, '--non-interactive', '--color=never'], cwd, env)
  const config = {
    'entrada:github': [{ repository: REPOSITORY, environments: ['sandbox'] }],
    'entrada:uses': ['assignments', 'managedGroups'],
    'entrada:displayName': `Entrada ${stack}`,
    'entrada:access': access,
  }
  writeFileSync(path.join(cwd, `Pulumi.${stack}.yaml`), JSON.stringify({ config }))
  done(await pulumi('stack', 'init'))
  done(await pulumi('up', '--yes', '--skip-preview'))
  expect(done(await pulumi('up', '--yes', '--skip-preview'))).toMatch(
    new RegExp(`Resources:\\s+${resources} unchanged`),
  )
  return JSON.parse(done(await pulumi('stack', 'output', '--json'))).environment
}

test('an identity made by onboarding runs a stack that makes, fills and assigns its own groups, with no secret', async () => {
  const { ARM_CLIENT_SECRET: _, ...rest } = tenant.env
  const environment = await onboard('dev', 'change', 11)
  expect(environment).toEqual({
    ARM_TENANT_ID: tenant.env.ARM_TENANT_ID,
    ARM_CLIENT_ID: expect.any(String),
    ARM_USE_OIDC: 'true',
  })
  tenant.env = await withAzuread({ ...rest, ...environment, ARM_OIDC_TOKEN: jobToken() })
  const name = 'M-Files Legal'
  const managed = (members: string[]) =>
    tenant.configure((config) => {
      config.managedGroups = [
        { name, members },
        { name: 'M-Files by rule', rule: 'user.department -eq "Sales"' },
      ]
      config.assignments = { groups: [name, 'M-Files by rule', 'M-Files Users'] }
    })
  managed(['adele.vance@entrada-sandbox.example', 'megan.bowen@entrada-sandbox.example'])

  const planned = (await tenant.changes()).map(({ op, urn }) => `${op} ${urn.split('::').slice(2).join(' ')}`)
  expect(planned).toContain('create entrada:index:ManagedGroups$azuread:index/group:Group M-Files Legal')
  expect(planned.filter((step) => step.includes('AppRoleAssignments'))).toHaveLength(1)

  expect(done(await tenant.up())).not.toMatch(/by rule' has no members/)
  const [group] = (
    await tenant.graph<{ value: { id: string }[] }>(`/groups?$filter=${encodeURIComponent(`displayName eq '${name}'`)}`)
  ).value
  const assigned = async () => {
    const { outputs } = tenant.resource(await tenant.state(), 'AppRoleAssignments')
    return (outputs!.principals as { displayName: string }[]).map(({ displayName }) => displayName).sort()
  }
  expect(await assigned()).toEqual([name, 'M-Files Users', 'M-Files by rule'].sort())
  const members = async () =>
    (await tenant.graph<{ value: { displayName: string }[] }>(`/groups/${group!.id}/members`)).value
      .map(({ displayName }) => displayName)
      .sort()
  expect(await members()).toEqual(['Adele Vance', 'Megan Bowen'])
  expect(await tenant.changes()).toEqual([])

  // An identity that only reads shows in a preview as no owner of the groups, nor as anything else.
  const updater = tenant.env
  const reader = await onboard('reader', 'read', 9)
  expect(reader.ARM_CLIENT_ID).not.toBe(environment.ARM_CLIENT_ID)
  tenant.env = await withAzuread({ ...rest, ...reader, ARM_OIDC_TOKEN: jobToken() })
  expect((await tenant.changes()).map(({ urn }) => urn.split('::').at(-1))).toEqual(
    expect.arrayContaining([name, 'M-Files by rule']),
  )
  tenant.env.ENTRADA_ACCESS = 'read'
  expect(await tenant.changes()).toEqual([])
  managed(['adele.vance@entrada-sandbox.example'])
  expect((await tenant.changes()).map(({ urn }) => urn.split('::').at(-1))).toEqual([name])
  expect((await tenant.up()).code).not.toBe(0)
  expect(await members()).toEqual(['Adele Vance', 'Megan Bowen'])
  tenant.env = updater

  managed(['megan.bowen@entrada-sandbox.example'])
  done(await tenant.up())
  expect(await members()).toEqual(['Megan Bowen'])
  done(await tenant.pulumi('destroy', '--yes', '--skip-preview', '--stack', 'local'))
  await expect(tenant.graph(`/groups/${group!.id}`)).rejects.toThrow('404')
})
