import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DefaultMappings } from '../sync/defaults/templates.ts'
import { SandboxClock } from './clock.ts'
import { controlAnswer } from './control/routes.ts'
import type { GraphServices } from './graph/request.ts'
import { createServerCertificate, openAuthority } from './http/certificate.ts'
import { json, type WireRequest, type WireResponse } from './http/exchange.ts'
import { Faults } from './http/faults.ts'
import { RequestJournal } from './http/journal.ts'
import { SentJournal } from './http/sent.ts'
import { type RunningServer, serve } from './http/server.ts'
import { readKept } from './kept.ts'
import type { TokenIssuer } from './login/issuer.ts'
import { openSigningKey } from './login/keys.ts'
import { portalAnswer } from './portal/portal.ts'
import type { Provisioning } from './provisioning/service.ts'
import type { Disturb } from './provisioning/target/transport.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { lockFolder } from './tenant/lock.ts'
import { type OpenTenant, openTenant } from './tenant/open.ts'
import { CLIENTS, clientIdOf } from './tenant/seed.ts'
import type { Clock } from './tenant/store.ts'
import type { Snapshot, Tenant } from './tenant/tenant.ts'
import { type ServedTenant, Tenants } from './tenants.ts'

export interface SandboxOptions {
  /** Users in the directory; 200 by default. */
  users?: number
  seed?: string
  /** 0, the default: a free one. */
  port?: number
  /** Tenants, all of the same size; 1 by default. */
  tenants?: number
  /** `host:port` of the mail server that takes notifications; none are sent where absent. */
  smtp?: string
  /** Folder that keeps the state; in memory only where absent. */
  data?: string
  createProvisioning(parts: {
    store: Tenant
    clock: Clock
    switches: Settings
    defaultDomain: string
    disturb: Disturb
    workloadIdentity(servicePrincipalId: string): Promise<string>
  }): Provisioning
  templateSchema(templateId: string, mappings: DefaultMappings): unknown
}

/** What a client needs to use a running sandbox; the line that `--json` prints. */
export interface SandboxAddress {
  /** `host:port`, for ARM_METADATA_HOSTNAME. */
  metadataHost: string
  login: string
  /** Without version. */
  graph: string
  portal: string
  control: string
  caFile: string
  tenantId: string
  clientId: string
  clientSecret: string
}

export interface Sandbox {
  address: SandboxAddress
  close(): Promise<void>
}

/** One tenant, as the control surface and the portal page work on it. */
export interface SandboxParts extends GraphServices {
  opened: OpenTenant
  issuer: TokenIssuer
  /** All of the sandbox, with this one. */
  tenants: Tenants
  snapshots: Map<string, Snapshot>
  clock: SandboxClock
  faults: Faults
  journal: RequestJournal
  sent: SentJournal
}

/** Start Entra tenants: login, Graph, provisioning service, control surface and portal page behind one port. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const folder = options.data === undefined ? undefined : resolve(options.data)
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const keyFolder = folder ?? mkdtempSync(join(tmpdir(), 'entrada-sandbox-'))
  const unlock = lockFolder(keyFolder)
  const releaseFolder = () => (folder === undefined ? rmSync(keyFolder, { recursive: true, force: true }) : unlock())
  try {
    return await start(options, folder, keyFolder, releaseFolder)
  } catch (error) {
    releaseFolder()
    throw error
  }
}

async function start(
  options: SandboxOptions,
  folder: string | undefined,
  keyFolder: string,
  release: () => void,
): Promise<Sandbox> {
  const authority = openAuthority(keyFolder, Date.now())
  // At the same time, but both to their end: a start that fails leaves nothing behind that still writes to its folder.
  const [signing, opening] = await Promise.allSettled([
    openSigningKey(join(keyFolder, 'login-key.pem')),
    openTenant(folder, { seed: options.seed, users: options.users }),
  ])
  if (signing.status === 'rejected') throw signing.reason
  if (opening.status === 'rejected') throw opening.reason
  const opened = opening.value
  const kept = readKept(opened.tenant.keepsakes.get('sandbox'), folder)
  const clock = new SandboxClock(kept.clockOffsetSeconds)
  const settings: Settings = { ...DEFAULT_SETTINGS, ...kept.settings }
  if (options.smtp !== undefined) settings.smtp = options.smtp
  let server: RunningServer | undefined
  const url = () => `https://127.0.0.1:${server!.port}`
  const { templateSchema, createProvisioning } = options
  const faults = new Faults()
  const journal = new RequestJournal()
  const sent = new SentJournal()
  const shared = {
    clock,
    settings,
    faults,
    journal,
    sent,
    url,
    templateSchema: (templateId: string) => templateSchema(templateId, settings.defaultMappings),
    createProvisioning,
    key: signing.value,
  }
  const tenants = new Tenants(shared, folder, opened)
  await tenants.openAll(options.tenants ?? 1)

  server = await serve(createServerCertificate(authority, Date.now()), options.port ?? 0, (request) =>
    answer(tenants.of(request), request),
  )
  return {
    address: {
      metadataHost: `127.0.0.1:${server.port}`,
      login: url(),
      graph: url(),
      portal: `${url()}/portal`,
      control: `${url()}/sandbox`,
      caFile: authority.file,
      ...credentialsOf(opened),
    },
    async close() {
      await server!.close()
      await tenants.close()
      release()
    },
  }
}

/** Id of a tenant, and the client of it that may do all that stacks and tests do. */
export function credentialsOf({ tenant, origin }: OpenTenant): {
  tenantId: string
  clientId: string
  clientSecret: string
} {
  const clientId = clientIdOf(origin.seed, CLIENTS[0]!)
  return { tenantId: tenant.tenantId, clientId, clientSecret: tenant.credentials.get(clientId)![0]!.secret }
}

async function answer({ parts, answer: own }: ServedTenant, request: WireRequest): Promise<WireResponse | undefined> {
  // What people and tests steer with meets with no fault, and is no request of a client.
  const steering = (await controlAnswer(parts, request)) ?? (await portalAnswer(parts.tenants, request))
  if (steering) return steering
  const began = performance.now()
  const surfaces = async (one: WireRequest): Promise<WireResponse> =>
    (await own(one)) ??
    json(404, { error: { code: 'NotFound', message: `The sandbox serves nothing at ${one.path}.` } })
  const response = await parts.faults.through(request, (one) => surfaces(one).catch(brokenAnswer))
  const query = request.query.toString()
  parts.journal.add({
    at: new Date(parts.clock.now()).toISOString(),
    method: request.method,
    path: query ? `${request.path}?${query}` : request.path,
    status: response?.status ?? 0,
    ms: Math.round((performance.now() - began) * 10) / 10,
  })
  return response
}

const brokenAnswer = (error: Error): WireResponse =>
  json(500, { error: { code: 'InternalServerError', message: `The sandbox failed: ${error.message}` } })
