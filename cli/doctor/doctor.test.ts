/** Every check against a real tenant in a box: a sound stack has no problems, and each fault gives its line and its fix. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { stringify } from 'yaml'
import { FakeTarget, type SeenRequest } from '../../sandbox/provisioning/fakeTarget.testing.ts'
import { createProvisioning } from '../../sandbox/provisioning/service.ts'
import { MFILES_TEMPLATE } from '../../sandbox/templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { trustSandbox } from '../local/trust.ts'
import { examineStack } from './examine.ts'
import type { Finding } from './finding.ts'

const STACK = 'contoso'
const SECRET = 'a-secret-nobody-should-see'

let sandbox: TestSandbox
let target: FakeTarget
let folder: string
let env: Record<string, string | undefined>
let config: Record<string, unknown>

beforeAll(async () => {
  target = await new FakeTarget().listen()
  sandbox = await startTestSandbox({ createProvisioning, templateSchema })
  trustSandbox(sandbox.address.caFile)
})
afterAll(async () => {
  await sandbox.close()
  await target.close()
})

beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  target.fault = sound
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-doctor-'))
  const { tenantId, clientId, clientSecret, metadataHost } = sandbox.address
  env = {
    HOME: folder,
    ARM_TENANT_ID: tenantId,
    ARM_CLIENT_ID: clientId,
    ARM_CLIENT_SECRET: clientSecret,
    ARM_METADATA_HOSTNAME: metadataHost,
    PULUMI_BACKEND_URL: `file://${path.join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'passphrase',
  }
  keep('stacks/entrada/contoso.json', '{}')
  config = {
    application: 'M-Files',
    target: {
      kind: 'external',
      tenantUrl: `${target.origin}/scim`,
      tokenEndpoint: `${target.origin}/token`,
      clientId: 'client-1',
      clientSecret: { secure: 'v1:abc:def' },
    },
    assignments: { groups: ['M-Files Project Leads'], users: ['adele.vance@entrada-sandbox.example'] },
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What a target answers to who asks without a token. */
const sound = ({ method, path: at }: SeenRequest) => {
  if (at.endsWith('/ServiceProviderConfig')) return { status: 401 }
  return at === '/token' && method === 'GET' ? { status: 405 } : undefined
}

/** A file of the backend. */
function keep(file: string, text: string): void {
  const full = path.join(folder, 'state', '.pulumi', file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, text)
}

async function examine(limitMs = 15_000): Promise<Finding[]> {
  const settings = Object.fromEntries(Object.entries(config).map(([key, value]) => [`entrada:${key}`, value]))
  writeFileSync(path.join(folder, `Pulumi.${STACK}.yaml`), stringify({ encryptionsalt: 'v1:salt', config: settings }))
  return examineStack(STACK, { env, folder, limitMs })
}

const problems = (findings: Finding[]) => findings.filter(({ state }) => state === 'problem')
const of = (findings: Finding[], check: string) => findings.filter((finding) => finding.check === check)
const graphWrites = async () => {
  const seen = (await sandbox.control('GET', '/requests')).body as { method: string; path: string }[]
  return seen.filter(({ method, path: at }) => method !== 'GET' && at.startsWith('/v1.0') && !at.endsWith('/$batch'))
}

/** An application of the stack's name with a job, as a person makes it in the portal. */
async function instantiate(secrets: Record<string, string> = {}) {
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'M-Files',
  })
  const base = `/servicePrincipals/${body.servicePrincipal.id}/synchronization`
  const job = (await sandbox.graph('POST', `${base}/jobs`, { templateId: 'mfiles' })).body
  const value = Object.entries({ SyncAll: 'false', ...secrets }).map(([key, value]) => ({ key, value }))
  await sandbox.graph('PUT', `${base}/secrets`, { value })
  return { servicePrincipalId: body.servicePrincipal.id as string, jobId: job.id as string, base }
}

async function signInWith(...permissions: string[]) {
  const client = await sandbox.clientWith(permissions)
  Object.assign(env, { ARM_CLIENT_ID: client.clientId, ARM_CLIENT_SECRET: client.clientSecret })
  return client
}

const LEAST = [
  'Application.ReadWrite.OwnedBy',
  'AppRoleAssignment.ReadWrite.All',
  'Application.Read.All',
  'User.Read.All',
  'GroupMember.Read.All',
  'ProvisioningLog.Read.All',
  'LicenseAssignment.Read.All',
]

describe('a sound stack', () => {
  test('has every line ok, and nothing was written', async () => {
    await sandbox.control('DELETE', '/requests')
    const findings = await examine()
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'stack file',
      'backend',
      'secrets',
      'state',
      'lock',
      'credentials',
      'clock',
      'sign-in',
      'permissions',
      'licence',
      'gallery',
      'names',
      'application',
      'ownership',
      'role',
      'job',
      'target',
      'target',
      'from Entra',
    ])
    expect(await graphWrites()).toEqual([])
    expect(target.take()).toEqual(['GET /ServiceProviderConfig'])
  })

  test('may name groups that its own update makes', async () => {
    config.managedGroups = [{ name: 'M-Files Pilot' }]
    config.assignments = { groups: ['m-files pilot'] }
    expect(of(await examine(), 'names')).toMatchObject([{ state: 'ok' }])
  })

  test('needs no more than the documented permissions', async () => {
    await signInWith(...LEAST)
    expect((await examine()).filter(({ state }) => state !== 'ok')).toEqual([])
  })

  test('shows no secret, whatever it finds', async () => {
    expect(JSON.stringify(await examine())).not.toContain(sandbox.address.clientSecret)
    env.ARM_CLIENT_SECRET = SECRET
    expect(JSON.stringify(await examine())).not.toContain(SECRET)
  })
})

interface Fault {
  provoke(): unknown
  check: string
  seen: RegExp
  fix: RegExp
}

const FAULTS: Record<string, Fault> = {
  'a setting that is wrong': {
    provoke: () => Object.assign(config, { scope: 'some' }),
    check: 'stack file',
    seen: /^entrada:scope is "some"$/,
    fix: /allowed are assigned, all/,
  },
  'no backend': {
    provoke: () => delete env.PULUMI_BACKEND_URL,
    check: 'backend',
    seen: /no backend is chosen/,
    fix: /PULUMI_BACKEND_URL/,
  },
  'no passphrase': {
    provoke: () => delete env.PULUMI_CONFIG_PASSPHRASE,
    check: 'secrets',
    seen: /no passphrase/,
    fix: /PULUMI_CONFIG_PASSPHRASE/,
  },
  'the client secret of the example': {
    provoke: () => {
      Object.assign(config.target as object, { clientSecret: { secure: 'v1:replaced-by-the-command-above' } })
    },
    check: 'stack file',
    seen: /still the one of the example/,
    fix: /config set --stack contoso .*--secret entrada:target.clientSecret/,
  },
  'a lock that a dead engine left': {
    provoke: () => {
      const lock = { pid: 2 ** 22 + 1, hostname: hostname(), timestamp: '2026-01-01T00:00:00Z' }
      keep('locks/organization/entrada/contoso/a.json', JSON.stringify(lock))
    },
    check: 'lock',
    seen: /locked by process \d+, which is gone/,
    fix: /cancel --stack contoso/,
  },
  'a variable that is missing': {
    provoke: () => delete env.ARM_TENANT_ID,
    check: 'credentials',
    seen: /neither entrada:tenantId nor ARM_TENANT_ID is set/,
    fix: /the id of the Entra tenant/,
  },
  'a wrong client secret': {
    provoke: () => Object.assign(env, { ARM_CLIENT_SECRET: SECRET }),
    check: 'sign-in',
    seen: /AADSTS7000215/,
    fix: /the secret's value, not its id/,
  },
  'an application that the tenant does not know': {
    provoke: () => Object.assign(env, { ARM_CLIENT_ID: '6f1c9a52-8f0e-4a55-9b0c-2f7f0a3b9d11' }),
    check: 'sign-in',
    seen: /AADSTS700016/,
    fix: /consents at https:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+\/adminconsent\?client_id=6f1c9a52-/,
  },
  'a permission that is missing': {
    provoke: () => signInWith(...LEAST.filter((name) => name !== 'GroupMember.Read.All')),
    check: 'permissions',
    seen: /^GroupMember\.Read\.All is missing: find groups/,
    fix: /add GroupMember\.Read\.All .* consents at https:.*adminconsent/,
  },
  'no licence': {
    provoke: () => sandbox.control('POST', '/settings', { premiumLicence: 'none' }),
    check: 'licence',
    seen: /no Entra ID P1 or P2, which assigning a group takes/,
    fix: /or assign users/,
  },
  'a name that the gallery does not have': {
    provoke: () => Object.assign(config, { application: 'M-File' }),
    check: 'gallery',
    seen: /no application named 'M-File'/,
    fix: /Did you mean 'M-Files'/,
  },
  'a group that does not exist': {
    provoke: () => Object.assign(config, { assignments: { groups: ['M-Files Project Lead'] } }),
    check: 'names',
    seen: /assignments\.groups: there is no group 'M-Files Project Lead'/,
    fix: /did you mean 'M-Files Project Leads'/,
  },
  'an application that others made': {
    provoke: () => instantiate(),
    check: 'application',
    seen: /already has an application 'M-Files'.*1 provisioning jobs/,
    fix: /pulumi import .*GalleryApplication tenant-app \/servicePrincipals\/.*entrada:adoptExisting: true/,
  },
  'an application that the caller does not own': {
    provoke: async () => {
      Object.assign(config, { adoptExisting: true })
      await instantiate()
      await signInWith(...LEAST)
    },
    check: 'ownership',
    seen: /no owner of \/applications\/.* and \/servicePrincipals\//,
    fix: /make it an owner of both/,
  },
  'a role that the application does not have': {
    provoke: async () => {
      Object.assign(config, { adoptExisting: true, assignments: { role: 'Usr' } })
      await instantiate()
    },
    check: 'role',
    seen: /'Usr' is no role/,
    fix: /has 'User'/,
  },
  'a job in quarantine': {
    provoke: async () => {
      Object.assign(config, { adoptExisting: true })
      target.fault = (request) =>
        request.path === '/token' ? { status: 401, body: { error: 'invalid_client' } } : sound(request)
      const { base, jobId } = await instantiate({
        BaseAddress: `${target.origin}/scim`,
        AuthenticationType: 'OAuth2ClientCredentialsGrant',
        Oauth2TokenExchangeUri: `${target.origin}/token`,
        Oauth2ClientId: 'client-1',
        Oauth2ClientSecret: SECRET,
      })
      await sandbox.graph('POST', `${base}/jobs/${jobId}/start`)
      await sandbox.control('POST', '/cycle', { jobId })
    },
    check: 'job',
    seen: /in quarantine since .*: EncounteredQuarantineException/,
    fix: /The token endpoint http:\/\/127\.0\.0\.1:\d+\/token refused the client 'client-1'/,
  },
  'a target that is down': {
    provoke: async () => {
      const stopped = await new FakeTarget().listen()
      const { origin } = stopped
      await stopped.close()
      Object.assign(config.target as object, { tokenEndpoint: `${origin}/token` })
    },
    check: 'target',
    seen: /tokenEndpoint http:\/\/127\.0\.0\.1:\d+\/token cannot be reached \(ECONNREFUSED\): nothing listens there/,
    fix: /check the port, and that the service runs/,
  },
  'a target behind a proxy that says no': {
    provoke: () => {
      target.fault = (request) => (request.path === '/token' ? sound(request) : { status: 502 })
    },
    check: 'target',
    seen: /tenantUrl .* answers 502/,
    fix: /a proxy on the way/,
  },
}

describe('a fault is a problem with its fix:', () => {
  test.each(Object.entries(FAULTS))('%s', async (_, { provoke, check, seen, fix }) => {
    await provoke()
    await sandbox.control('DELETE', '/requests')
    const findings = await examine()
    expect(of(findings, check).filter(({ state }) => state !== 'ok')).toMatchObject([
      { seen: expect.stringMatching(seen), fix: expect.stringMatching(fix) },
    ])
    expect(JSON.stringify(findings)).not.toContain(SECRET)
    expect(await graphWrites()).toEqual([])
  })
})

describe('what hangs on something else', () => {
  test('is not checked where that failed, and says what it needs', async () => {
    Object.assign(env, { ARM_CLIENT_SECRET: SECRET })
    const findings = await examine()
    expect(problems(findings).map(({ check }) => check)).toEqual(['sign-in'])
    for (const check of ['permissions', 'licence', 'gallery', 'names', 'application']) {
      expect(of(findings, check)).toEqual([{ check, state: 'notChecked', seen: 'needs: sign-in' }])
    }
    expect(of(findings, 'target').map(({ state }) => state)).toEqual(['ok', 'ok'])
  })

  test('all faults of a file are said at once, and the tenant is looked at all the same', async () => {
    Object.assign(config, { scope: 'some', notificationMail: 'a@b.example' })
    const findings = await examine()
    expect(of(findings, 'stack file')).toHaveLength(2)
    expect(of(findings, 'sign-in')).toMatchObject([{ state: 'ok' }])
    expect(of(findings, 'target')).toMatchObject([{ state: 'notChecked', seen: 'needs: stack file' }])
  })

  test('what the caller may not read is not checked, with the permission that it takes', async () => {
    await signInWith(...LEAST.filter((name) => !/^(License|User|Group)/.test(name)))
    const findings = await examine()
    expect(of(findings, 'licence')).toMatchObject([
      { state: 'notChecked', seen: expect.stringContaining('LicenseAssignment.Read.All') },
    ])
    expect(of(findings, 'names')).toMatchObject([{ state: 'notChecked', seen: expect.stringContaining('may not ask') }])
    expect(of(findings, 'permissions').map(({ seen }) => seen.split(' ')[0])).toEqual([
      'User.Read.All',
      'GroupMember.Read.All',
    ])
  })
})

test('a client without any permission is told each one that this stack needs, and no other', async () => {
  await signInWith()
  config.assignments = { groups: ['M-Files Project Leads'] }
  const missing = of(await examine(), 'permissions').filter(({ state }) => state === 'problem')
  expect(missing.map(({ seen }) => seen.split(' ')[0])).toEqual([
    'Application.ReadWrite.OwnedBy',
    'AppRoleAssignment.ReadWrite.All',
    'Application.Read.All',
    'User.Read.All',
    'GroupMember.Read.All',
  ])
})

test('broader permissions do as well', async () => {
  await signInWith('Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'Directory.Read.All')
  expect(of(await examine(), 'permissions')).toMatchObject([{ state: 'ok' }])
})

test('without a licence and without groups there is a warning only', async () => {
  await sandbox.control('POST', '/settings', { premiumLicence: 'none' })
  config.assignments = { users: ['adele.vance@entrada-sandbox.example'] }
  expect(of(await examine(), 'licence')).toMatchObject([{ state: 'warning' }])
})

test('people whom Entra would not provision are warnings', async () => {
  config.assignments = { groups: ['M-Files Everyone'], users: ['johanna.lorenz@entrada-sandbox.example'] }
  const warnings = of(await examine(), 'names').filter(({ state }) => state === 'warning')
  expect(warnings.map(({ seen }) => seen)).toEqual([
    expect.stringContaining("group 'M-Files Everyone' contains"),
    expect.stringContaining('is disabled in Entra'),
  ])
})

test('an application that the state names is this stack’s own, whoever made it', async () => {
  const { servicePrincipalId } = await instantiate()
  keep('stacks/entrada/contoso.json', JSON.stringify({ id: `/servicePrincipals/${servicePrincipalId}` }))
  const findings = await examine()
  expect(of(findings, 'application')).toMatchObject([
    { state: 'ok', seen: expect.stringContaining('made or imported by this stack') },
  ])
})

test('a job that is off although the stack wants it on is a warning', async () => {
  Object.assign(config, { adoptExisting: true })
  await instantiate()
  expect(of(await examine(), 'job')).toMatchObject([{ state: 'warning', seen: expect.stringContaining('is off') }])
})
