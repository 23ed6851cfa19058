/** A stack for the doctor to look at: a tenant in a box, a target, a backend in a folder, new for each test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import { stringify } from 'yaml'
import type { Access } from '../../provider/graph/neededPermissions.ts'
import { FakeTarget, type SeenRequest } from '../../sandbox/provisioning/fakeTarget.testing.ts'
import { createProvisioning } from '../../sandbox/provisioning/service.ts'
import { MFILES_TEMPLATE } from '../../sandbox/templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { trustSandbox } from '../local/trust.ts'
import { examineStack } from './examine.ts'
import type { Finding } from './finding.ts'

export const STACK = 'contoso'
export const SECRET = 'a-secret-nobody-should-see'

export let sandbox: TestSandbox
export let target: FakeTarget
let folder: string
export let env: Record<string, string | undefined>
export let config: Record<string, unknown>

/** To be called once in a file of tests. */
export function standUp(): void {
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
}

/** What a target answers to who asks without a token. */
export const sound = ({ method, path: at }: SeenRequest) => {
  if (at.endsWith('/ServiceProviderConfig')) return { status: 401 }
  return at === '/token' && method === 'GET' ? { status: 405 } : undefined
}

/** A file of the backend. */
export function keep(file: string, text: string): void {
  const full = path.join(folder, 'state', '.pulumi', file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, text)
}

export async function examine(limitMs = 15_000, access: Access = 'change'): Promise<Finding[]> {
  const settings = Object.fromEntries(Object.entries(config).map(([key, value]) => [`entrada:${key}`, value]))
  writeFileSync(path.join(folder, `Pulumi.${STACK}.yaml`), stringify({ encryptionsalt: 'v1:salt', config: settings }))
  return examineStack(STACK, { env, folder, limitMs, access })
}

export const problems = (findings: Finding[]) => findings.filter(({ state }) => state === 'problem')
export const of = (findings: Finding[], check: string) => findings.filter((finding) => finding.check === check)
export const graphWrites = async () => {
  const seen = (await sandbox.control('GET', '/requests')).body as { method: string; path: string }[]
  return seen.filter(({ method, path: at }) => method !== 'GET' && at.startsWith('/v1.0') && !at.endsWith('/$batch'))
}

/** An application of the stack's name with a job, as a person makes it in the portal. */
export async function instantiate(secrets: Record<string, string> = {}) {
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'M-Files',
  })
  const base = `/servicePrincipals/${body.servicePrincipal.id}/synchronization`
  const job = (await sandbox.graph('POST', `${base}/jobs`, { templateId: 'mfiles' })).body
  const value = Object.entries({ SyncAll: 'false', ...secrets }).map(([key, value]) => ({ key, value }))
  await sandbox.graph('PUT', `${base}/secrets`, { value })
  return { servicePrincipalId: body.servicePrincipal.id as string, jobId: job.id as string, base }
}

export async function signInWith(...permissions: string[]) {
  const client = await sandbox.clientWith(permissions)
  Object.assign(env, { ARM_CLIENT_ID: client.clientId, ARM_CLIENT_SECRET: client.clientSecret })
  return client
}

export const LEAST = [
  'Application.ReadWrite.OwnedBy',
  'AppRoleAssignment.ReadWrite.All',
  'Application.Read.All',
  'User.Read.All',
  'GroupMember.Read.All',
  'ProvisioningLog.Read.All',
  'LicenseAssignment.Read.All',
]
