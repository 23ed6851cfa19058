import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SandboxClock } from './clock.ts'
import { controlAnswer } from './control/routes.ts'
import { DOMAIN } from './directory/known.ts'
import type { GraphServices } from './graph/request.ts'
import { purgeExpired } from './graph/routes/removal.ts'
import { createGraphWire } from './graph/wire.ts'
import { createServerCertificate, openAuthority } from './http/certificate.ts'
import { json, type WireRequest, type WireResponse } from './http/exchange.ts'
import { Faults } from './http/faults.ts'
import { RequestJournal } from './http/journal.ts'
import { type RunningServer, serve } from './http/server.ts'
import { Replays } from './login/assertion/replays.ts'
import { CallerCheck } from './login/caller.ts'
import { openSigningKey } from './login/keys.ts'
import { loginAnswer } from './login/routes.ts'
import { Codes } from './login/signIn/codes.ts'
import { portalAnswer } from './portal/page.ts'
import type { Provisioning } from './provisioning/service.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { lockFolder } from './tenant/lock.ts'
import { type OpenTenant, openTenant } from './tenant/open.ts'
import { CLIENTS, clientIdOf } from './tenant/seed.ts'
import type { Clock } from './tenant/store.ts'
import type { Tenant } from './tenant/tenant.ts'

export interface SandboxOptions {
  /** Users in the directory; 200 by default. */
  users?: number
  seed?: string
  /** 0, the default: a free one. */
  port?: number
  /** Folder that keeps the state; in memory only where absent. */
  data?: string
  createProvisioning(parts: { store: Tenant; clock: Clock; switches: Settings; defaultDomain: string }): Provisioning
  templateSchema(templateId: string): unknown
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

/** What the control surface works on. */
export interface SandboxParts extends GraphServices {
  opened: OpenTenant
  clock: SandboxClock
  faults: Faults
  journal: RequestJournal
}

/** Start an Entra tenant: login, Graph, provisioning service, control surface and portal page behind one port. */
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
  const signingKey = openSigningKey(join(keyFolder, 'login-key.pem'))
  const authority = openAuthority(keyFolder, Date.now())
  const opened = await openTenant(folder, { seed: options.seed, users: options.users })
  const { tenant, origin } = opened
  const kept = tenant.keepsakes.get('sandbox')
  const clock = new SandboxClock(kept?.clockOffsetSeconds)
  const settings = { ...DEFAULT_SETTINGS, ...(kept?.settings as Partial<Settings> | undefined) }
  let server: RunningServer | undefined
  const url = () => `https://127.0.0.1:${server!.port}`
  const provisioning = options.createProvisioning({ store: tenant, clock, switches: settings, defaultDomain: DOMAIN })
  const { templateSchema } = options
  const parts: SandboxParts = {
    tenant,
    opened,
    clock,
    settings,
    provisioning,
    templateSchema,
    url,
    faults: new Faults(),
    journal: new RequestJournal(),
  }
  clock.onAdvance(() => purgeExpired(parts))
  const clientId = clientIdOf(origin.seed, CLIENTS[0]!)
  const key = await signingKey
  const graph = createGraphWire(parts, new CallerCheck(key))
  const issuer = { tenant, key, url, settings, clock, replays: new Replays(), codes: new Codes() }
  const surfaces = async (request: WireRequest): Promise<WireResponse> =>
    (await graph(request)) ??
    (await loginAnswer(issuer, request)) ??
    portalAnswer(parts, request) ??
    json(404, { error: { code: 'NotFound', message: `The sandbox serves nothing at ${request.path}.` } })

  server = await serve(createServerCertificate(authority, Date.now()), options.port ?? 0, (request) =>
    answer(parts, surfaces, request),
  )
  return {
    address: {
      metadataHost: `127.0.0.1:${server.port}`,
      login: url(),
      graph: url(),
      portal: `${url()}/portal`,
      control: `${url()}/sandbox`,
      caFile: authority.file,
      tenantId: tenant.tenantId,
      clientId,
      clientSecret: tenant.credentials.get(clientId)![0]!.secret,
    },
    async close() {
      await server!.close()
      await provisioning.close()
      opened.close()
      release()
    },
  }
}

async function answer(
  parts: SandboxParts,
  surfaces: (request: WireRequest) => Promise<WireResponse>,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const control = await controlAnswer(parts, request)
  if (control) return control
  const began = performance.now()
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
