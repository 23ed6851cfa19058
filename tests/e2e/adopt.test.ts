/** `entrada adopt` through the real engine: what an administrator made by hand, and stacks whose state is lost. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parseStackFile } from '../../config/stackFile.ts'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, outcomeOf, run, type StateResource, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(240_000)

const STACK = 'contoso'
const INFO = 'urn:ietf:params:scim:schemas:extension:info:2.0:User:'

let tenant: Tenant
let stacks: string
beforeAll(async () => {
  tenant = await startTenant({ users: 60 })
  stacks = path.join(tenant.folder.path, 'stacks')
  mkdirSync(stacks)
})
afterAll(() => tenant?.stop())

/** As an administrator's shell has it: nothing of the bundled service. */
const env = (): Record<string, string> => {
  const { ENTRADA_SCIM_API_URL: _, ENTRADA_SCIM_ADMIN_TOKEN: __, ...rest } = tenant.env
  return { ...rest, ENTRADA_LOCAL: tenant.folder.path, ENTRADA_STACKS: stacks, PULUMI_CONFIG_PASSPHRASE: 'passphrase' }
}

const file = () => readFileSync(path.join(stacks, `Pulumi.${STACK}.yaml`), 'utf8')

function adopt(args: string[], input?: string, more: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(process.execPath, ['cli/entrada.mjs', 'adopt', ...args], {
    cwd: root,
    env: { ...process.env, ...env(), ...more },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  return outcomeOf(child)
}

const workspace = () => path.join(tenant.folder.path, 'workspaces', STACK)
const pulumi = (...args: string[]) =>
  run(tenant.engine, [...args, '--stack', STACK, '--non-interactive', '--color=never'], workspace(), env())

/** What the Graph calls of `work` were that could have changed something. */
async function writesDuring(work: () => Promise<unknown>): Promise<string[]> {
  await tenant.control('/requests', { method: 'DELETE' })
  await work()
  const seen = await tenant.control<{ method: string; path: string }[]>('/requests')
  return seen
    .map(({ method, path: at }) => `${method} ${at}`)
    .filter((call) => !/^GET |^POST \/[^/]+\/oauth2\/|\/\$batch$|\/validateCredentials$/.test(call))
}

interface ByHand {
  servicePrincipalId: string
  jobId: string
  clientSecret: string
}

let made: ByHand
let byName: Record<string, string>

/** As the portal does it, step by step. */
async function setUpByHand(displayName: string): Promise<ByHand> {
  const { value } = await tenant.graph<{ value: { id: string }[] }>(
    "/applicationTemplates?$filter=displayName%20eq%20'M-Files'",
  )
  const app = await tenant.graph<{ servicePrincipal: { id: string; appRoles: { id: string; displayName: string }[] } }>(
    `/applicationTemplates/${value[0]!.id}/instantiate`,
    { method: 'POST', body: { displayName } },
  )
  const { id } = app.servicePrincipal
  const job = await tenant.graph<{ id: string }>(`/servicePrincipals/${id}/synchronization/jobs`, {
    method: 'POST',
    body: { templateId: 'mfiles' },
  })
  const configuration = await tenant.scim<Record<'tenantUrl' | 'tokenEndpoint' | 'clientId' | 'clientSecret', string>>(
    '/configurations',
    { method: 'POST', body: { name: displayName, defaultLicence: 'named' } },
  )
  const mail = {
    Enabled: true,
    Recipients: 'ops@contoso.example',
    DeleteThresholdEnabled: true,
    DeleteThresholdValue: 42,
  }
  const secrets = {
    BaseAddress: configuration.tenantUrl,
    AuthenticationType: 'OAuth2ClientCredentialsGrant',
    Oauth2TokenExchangeUri: configuration.tokenEndpoint,
    Oauth2ClientId: configuration.clientId,
    Oauth2ClientSecret: configuration.clientSecret,
    SyncAll: 'false',
    SyncNotificationSettings: JSON.stringify(mail),
  }
  await tenant.graph(`/servicePrincipals/${id}/synchronization/secrets`, {
    method: 'PUT',
    body: { value: Object.entries(secrets).map(([key, text]) => ({ key, value: text })) },
  })
  const at = `/servicePrincipals/${id}/synchronization/jobs/${job.id}`
  // biome-ignore lint/suspicious/noExplicitAny: Graph's schema, edited as the portal edits it
  const schema = await tenant.graph<any>(`${at}/schema`)
  const [user] = schema.synchronizationRules[0].objectMappings.filter(
    ({ sourceObjectName }: { sourceObjectName: string }) => sourceObjectName.toLowerCase() === 'user',
  )
  user.attributeMappings.push({
    targetAttributeName: `${INFO}info1`,
    source: { expression: '[department]', name: 'department', type: 'Attribute', parameters: [] },
    defaultValue: null,
    matchingPriority: 0,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    exportMissingReferences: false,
  })
  user.scope = {
    groups: [
      {
        name: 'Only sales',
        clauses: [{ sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand: { values: ['Sales'] } }],
      },
    ],
    inputFilterGroups: [],
    categoryFilterGroups: [],
  }
  await tenant.graph(`${at}/schema`, { method: 'PUT', body: schema })
  const roleId = app.servicePrincipal.appRoles.find((role) => role.displayName === 'User')!.id
  for (const principalId of [byName.group!, byName.adele!]) {
    await tenant.graph(`/servicePrincipals/${id}/appRoleAssignedTo`, {
      method: 'POST',
      body: { principalId, resourceId: id, appRoleId: roleId },
    })
  }
  await tenant.graph(`${at}/start`, { method: 'POST' })
  return { servicePrincipalId: id, jobId: job.id, clientSecret: configuration.clientSecret }
}

beforeAll(async () => {
  const groups = await tenant.graph<{ value: { id: string }[] }>("/groups?$filter=displayName%20eq%20'M-Files%20Users'")
  const adele = await tenant.graph<{ id: string }>('/users/adele.vance@entrada-sandbox.example')
  byName = { group: groups.value[0]!.id, adele: adele.id }
  made = await setUpByHand('Vault')
})

describe('an application that was made by hand', () => {
  test('is listed with its jobs and people, and nothing is written', async () => {
    const { code, text } = await adopt([STACK, '--json'])
    const list = JSON.parse(text.slice(text.indexOf('{')))
    expect(list.applications).toEqual([
      {
        displayName: 'Vault',
        template: 'M-Files',
        servicePrincipalId: made.servicePrincipalId,
        clientId: expect.any(String),
        jobs: [{ id: made.jobId, state: 'on' }],
        people: { users: 1, groups: 1 },
        managedBy: null,
      },
    ])
    expect(code).toBe(0)
    expect(existsSync(path.join(stacks, `Pulumi.${STACK}.yaml`))).toBe(false)
  })

  test('what cannot be done is said before anything is written', async () => {
    expect((await adopt([STACK, '--application', 'Vaul', '--yes'])).text).toContain("did you mean 'Vault'?")
    expect((await adopt([STACK, '--application', 'Vault'])).text).toContain('say --yes')
    const noBackend = await adopt([STACK, '--application', 'Vault', '--yes'], undefined, {
      PULUMI_BACKEND_URL: `file://${tenant.folder.path}/not-there`,
    })
    expect([noBackend.code, noBackend.text]).toEqual([1, expect.stringContaining('make it: mkdir -p')])
    const wrong = await adopt([STACK, '--application', 'Vault', '--yes', '--secret-stdin'], 'another secret\n')
    expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining('the client secret cannot be used')])
    expect(wrong.text).not.toContain('another secret')
    expect(existsSync(path.join(stacks, `Pulumi.${STACK}.yaml`))).toBe(false)
  })

  test('is taken over by reads alone; the next update changes nothing', async () => {
    let outcome: Outcome | undefined
    const writes = await writesDuring(async () => {
      outcome = await adopt([STACK, '--application', 'Vault', '--yes', '--secret-stdin'], `${made.clientSecret}\n`)
    })
    expect(outcome!.text).toContain('The next update changes nothing')
    expect(outcome!.code).toBe(0)
    expect(writes).toEqual([])
    const { target, ...settings } = parseStackFile(file())
    expect(settings).toMatchObject({
      tenantId: tenant.services.sandbox.tenantId,
      application: 'M-Files',
      displayName: 'Vault',
      adoptExisting: true,
      assignments: { groups: ['M-Files Users'], users: ['adele.vance@entrada-sandbox.example'] },
      notificationEmail: 'ops@contoso.example',
      accidentalDeletions: { enabled: true, threshold: 42 },
      additionalMappings: [{ object: 'user', source: '[department]', target: `${INFO}info1` }],
      scopingFilters: { user: [[{ attribute: 'department', operator: 'EQUALS', value: 'Sales' }]] },
      scope: 'assigned',
      status: 'on',
    })
    expect(target).toMatchObject({ kind: 'external', clientId: expect.any(String) })
    expect(file()).toMatch(/clientSecret:\n +secure: v1:/)
    expect(file()).toContain('# Gets Entra')
    const state = await pulumi('stack', 'export')
    for (const text of [outcome!.text, file(), state.text]) expect(text).not.toContain(made.clientSecret)
  })

  test('once more: nothing is left to be done', async () => {
    const before = file()
    const { code, text } = await adopt([STACK, '--yes'])
    expect(text).toContain('was in the state of stack contoso already')
    const elsewhere = await adopt([STACK, '--yes', '--tenant-id', '8d5c1e6a-53b4-4b39-9f0a-0a9f4b8c2d11'])
    expect(elsewhere.text).toMatch(/is about tenant .*, not 8d5c1e6a/)
    expect(text).toContain('The next update changes nothing')
    expect(code).toBe(0)
    expect(file()).toBe(before)
  })

  test('drift finds nothing, an update writes nothing', async () => {
    const refresh = await pulumi('refresh', '--preview-only', '--expect-no-changes')
    expect([refresh.code, refresh.text]).toEqual([0, expect.any(String)])
    const writes = await writesDuring(async () => {
      const { code, text } = await pulumi('up', '--yes', '--skip-preview')
      expect([code, text]).toEqual([0, expect.stringMatching(/Resources:\n +\d+ unchanged/)])
    })
    expect(writes).toEqual([])
  })

  test('the first change of the job writes the credentials and tests them', async () => {
    const at = path.join(workspace(), `Pulumi.${STACK}.yaml`)
    writeFileSync(at, readFileSync(at, 'utf8').replace('ops@contoso.example', 'it@contoso.example'))
    const writes = await writesDuring(async () => {
      expect((await pulumi('up', '--yes', '--skip-preview')).code).toBe(0)
    })
    expect(writes).toEqual([`PUT /v1.0/servicePrincipals/${made.servicePrincipalId}/synchronization/secrets`])
  })

  test('destroy stops the job and takes the listed assignments away; application and job stay', async () => {
    await tenant.control('/cycle', { method: 'POST', body: { jobId: made.jobId } })
    const { code, text } = await pulumi('destroy', '--yes', '--skip-preview')
    expect([code, text]).toEqual([0, expect.stringContaining('was there before')])
    const sp = `/servicePrincipals/${made.servicePrincipalId}`
    expect(await tenant.graph(sp)).toMatchObject({ displayName: 'Vault' })
    const job = await tenant.graph<{ schedule: { state: string } }>(`${sp}/synchronization/jobs/${made.jobId}`)
    expect(job.schedule.state).not.toBe('Active')
    expect(await tenant.graph(`${sp}/appRoleAssignedTo`)).toMatchObject({ value: [] })
  })
})

describe('without the client secret', () => {
  test('all is taken over but that; the preview names it', async () => {
    await setUpByHand('Archive')
    rmSync(path.join(stacks, `Pulumi.${STACK}.yaml`))
    await pulumi('stack', 'rm', '--yes', '--force')
    const { code, text } = await adopt([STACK, '--application', 'Archive', '--yes'])
    expect(text).toMatch(/config set --path --secret entrada:target\.clientSecret --stack contoso/)
    expect(text).toMatch(
      /The next update would change .*\n {4}update tenant-provisioning\n {6}credentials\.clientSecret/,
    )
    expect(code).toBe(3)
    expect(file()).not.toContain('secure:')
  })

  test('set later, the rest stays as it was', async () => {
    const { code, text } = await adopt([STACK, '--yes', '--json'])
    const report = JSON.parse(text.slice(text.indexOf('\n{') + 1))
    expect(report.preview.changes).toMatchObject([
      { op: 'update', name: 'tenant-provisioning', properties: [{ path: 'credentials.clientSecret' }] },
    ])
    expect(code).toBe(3)
  })
})

describe('interrupted', () => {
  test('once the file is there, by a kill; the same command goes on', async () => {
    const other = await setUpByHand('Library')
    const file = path.join(stacks, 'Pulumi.library.yaml')
    const args = ['library', '--application', 'Library', '--yes', '--secret-stdin']
    const child = spawn(process.execPath, ['--no-warnings', 'cli/main.ts', 'adopt', ...args], {
      cwd: root,
      env: { ...process.env, ...env() },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.stdin.end(other.clientSecret)
    const ended = new Promise((resolve) => child.on('close', resolve))
    while (!existsSync(file)) await sleep(20)
    child.kill('SIGKILL')
    await ended
    const before = readFileSync(file, 'utf8')
    const { code, text } = await adopt(args, other.clientSecret)
    expect([code, text]).toEqual([0, expect.stringContaining('The next update changes nothing')])
    expect(text).toContain('is there and is kept')
    expect(readFileSync(file, 'utf8').startsWith(before.trimEnd().slice(0, 300))).toBe(true)
  })
})

describe('into the bundled service', () => {
  const bundled = () => ({
    ENTRADA_SCIM_API_URL: tenant.services.scim.apiUrl,
    ENTRADA_SCIM_ADMIN_TOKEN: tenant.services.scim.adminToken,
  })

  test('nobody copies a secret: the next update has a new one made', async () => {
    const other = await setUpByHand('Museum')
    const args = ['museum', '--application', 'Museum', '--yes', '--json']
    const { code, text } = await adopt(args, undefined, bundled())
    const report = JSON.parse(text.slice(text.indexOf('\n{') + 1))
    expect(report.taken).toEqual({ adopted: expect.arrayContaining(['ScimConfiguration target']), left: [] })
    expect(report.preview.changes.map(({ op, name }: { op: string; name: string }) => `${op} ${name}`)).toEqual([
      'update target',
      'update tenant-provisioning',
    ])
    expect(code).toBe(3)
    const at = path.join(tenant.folder.path, 'workspaces', 'museum')
    const up = (...more: string[]) =>
      run(tenant.engine, [...more, '--stack', 'museum', '--non-interactive', '--color=never'], at, {
        ...env(),
        ...bundled(),
      })
    const update = await up('up', '--yes', '--skip-preview')
    expect([update.code, update.text]).toEqual([0, expect.stringMatching(/~ 2 updated/)])
    const again = await up('preview', '--expect-no-changes')
    expect([again.code, again.text]).toEqual([0, expect.any(String)])
    expect((await up('stack', 'export')).text).not.toContain(other.clientSecret)
  })
})

describe('a stack whose state is lost', () => {
  const LIBRARY = path.join('workspaces', 'library')

  test('is in its state again, with nothing to change; the secret is that of its file', async () => {
    const at = path.join(tenant.folder.path, LIBRARY)
    const removed = await run(
      tenant.engine,
      ['stack', 'rm', 'library', '--yes', '--force', '--preserve-config', '--non-interactive'],
      at,
      env(),
    )
    expect([removed.code, removed.text]).toEqual([0, expect.any(String)])
    let outcome: Outcome | undefined
    const writes = await writesDuring(async () => {
      outcome = await adopt(['library', '--yes'])
    })
    expect(outcome!.text).toContain('The next update changes nothing')
    expect(outcome!.code).toBe(0)
    expect(writes).toEqual([])
  })

  test('of the bundled service too: the same objects under the same names, and a new secret', async () => {
    const up = await tenant.up()
    expect([up.code, up.text]).toEqual([0, expect.any(String)])
    const before = await tenant.state()
    await tenant.pulumi('stack', 'rm', '--yes', '--force', '--preserve-config', '--stack', 'local')
    let outcome: Outcome | undefined
    const writes = await writesDuring(async () => {
      outcome = await run(process.execPath, ['cli/entrada.mjs', 'adopt', 'local', '--yes', '--json'], root, {
        ENTRADA_LOCAL: tenant.folder.path,
      })
    })
    const { text } = outcome!
    const report = JSON.parse(text.slice(text.indexOf('\n{') + 1))
    expect(report.preview.changes).toMatchObject([
      { op: 'update', name: 'target', properties: [{ path: 'secretId' }] },
      { op: 'update', name: 'tenant-provisioning', properties: [{ path: 'credentials.clientSecret' }] },
    ])
    expect(writes).toEqual([])
    expect(identities(await tenant.state())).toEqual(identities(before))
    expect((await tenant.up()).code).toBe(0)
    expect(await tenant.changes()).toEqual([])
  })

  test('and is destroyed as what it made itself', async () => {
    const { code, text } = await tenant.pulumi('destroy', '--yes', '--skip-preview', '--stack', 'local')
    expect([code, text]).toEqual([0, expect.any(String)])
    const { value } = await tenant.graph<{ value: unknown[] }>(
      "/servicePrincipals?$filter=displayName%20eq%20'M-Files'",
    )
    expect(value).toEqual([])
  })
})

/** All of a state but what is drawn anew each time. */
function identities(state: StateResource[]): unknown {
  const known = state
    .map(({ urn, id, inputs, parent }) => ({ urn, id: urn.includes('pulumi:providers:') ? '' : id, inputs, parent }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1))
  return JSON.parse(JSON.stringify(known).replaceAll(/"ciphertext":"[^"]*"/g, '"ciphertext":""'))
}
