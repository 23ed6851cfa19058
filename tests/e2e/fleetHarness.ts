/** A fleet: several tenants of one sandbox with their stack files and credentials, a SCIM service, and a file backend. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stringify } from 'yaml'
import { engineEnvironment } from '../../cli/local/environment.ts'
import { type LocalFolder, localFolder, prepareFolder } from '../../cli/local/folder.ts'
import { type Services, startServices } from '../../cli/local/services.ts'
import { trustSandbox } from '../../cli/local/trust.ts'
import { encryptionOf } from '../../cli/stack/encryption.ts'
import { createGraph, type Graph, graphSettings } from '../../provider/graph/client.ts'
import { listJobs } from '../../provider/resources/provisioningJob/job.ts'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { root } from '../../tools/setup/node.mjs'
import { call, launch, type Outcome, outcomeOf } from './harness.ts'

export interface FleetTenant {
  stack: string
  tenantId: string
  clientId: string
  clientSecret: string
}

export interface Request {
  method: string
  path: string
  status: number
}

export interface Fleet {
  readonly folder: LocalFolder
  readonly services: Services
  readonly tenants: FleetTenant[]
  /** Folder of the stack files. */
  readonly stacks: string
  readonly engine: string
  /** Of a process that works on all of them. */
  readonly env: Record<string, string>
  file(stack: string): string
  /** Writes a stack's file: what all have, with `more` over it, without the namespace; how its secrets are encrypted stays. */
  write(stack: string, more?: Record<string, unknown>): void
  rollout(...args: string[]): Promise<Outcome>
  startRollout(...args: string[]): { process: ReturnType<typeof launch>; done: Promise<Outcome> }
  control<T>(at: string, method?: string, body?: unknown): Promise<T>
  /** Requests to Graph that make or change something, since they were last forgotten; batches aside, which hold reads too. */
  writes(): Promise<Request[]>
  graph(stack: string): Graph
  /** Applications and jobs that a stack's tenant has of ours. */
  made(stack: string): Promise<{ applications: number; jobs: number }>
  stop(): Promise<void>
}

/** What a stack of the fleet says; little of it, so that an update is quick. */
const COMMON = {
  application: 'M-Files',
  target: { kind: 'local' },
  assignments: { users: ['adele.vance@entrada-sandbox.example'] },
  status: 'on',
}

export async function startFleet(names: readonly string[], users = 20): Promise<Fleet> {
  const base = mkdtempSync(path.join(tmpdir(), 'entrada-fleet-'))
  const folder = localFolder(base)
  prepareFolder(folder)
  const stacks = path.join(base, 'stacks')
  const envs = path.join(base, 'envs')
  for (const one of [stacks, envs]) mkdirSync(one)
  const engine = process.env.ENTRADA_ENGINE ?? (await ensureEngine()).command
  const services = await startServices(folder, { users, say: () => {} })
  const { sandbox, scim } = services
  trustSandbox(sandbox.caFile)
  const ca = readFileSync(sandbox.caFile, 'utf8')
  const control: Fleet['control'] = (at, method = 'GET', body) => call(`${sandbox.control}${at}`, ca, { method, body })
  for (const _ of names.slice(1)) await control('/tenants', 'POST', { users })
  const made = await control<Omit<FleetTenant, 'stack'>[]>('/tenants')
  const tenants = names.map((stack, index) => ({ stack, ...made[index]! }))
  const env = {
    ...engineEnvironment(folder, engine),
    ENTRADA_LOCAL: base,
    ENTRADA_STACKS: stacks,
    ARM_METADATA_HOSTNAME: sandbox.metadataHost,
    SSL_CERT_FILE: sandbox.caFile,
    NODE_EXTRA_CA_CERTS: sandbox.caFile,
    ENTRADA_SCIM_API_URL: scim.apiUrl,
    ENTRADA_SCIM_ADMIN_TOKEN: scim.adminToken,
  }
  const fleet: Fleet = {
    folder,
    services,
    tenants,
    stacks,
    engine,
    env,
    file: (stack) => path.join(stacks, `Pulumi.${stack}.yaml`),
    write(stack, more = {}) {
      const { tenantId } = tenants.find((tenant) => tenant.stack === stack)!
      const config = Object.entries({ ...COMMON, tenantId, ...more }).map(([key, value]) => [`entrada:${key}`, value])
      const file = fleet.file(stack)
      const encryption = existsSync(file) ? encryptionOf(readFileSync(file, 'utf8')) : {}
      writeFileSync(file, stringify({ config: Object.fromEntries(config), ...encryption }))
    },
    rollout: (...args) => fleet.startRollout(...args).done,
    startRollout(...args) {
      const child = launch(process.execPath, ['cli/entrada.mjs', 'rollout', '--env-files', envs, ...args], root, env)
      return { process: child, done: outcomeOf(child) }
    },
    control,
    async writes() {
      const requests = await control<Request[]>('/requests')
      return requests.filter(({ method, path: at }) => method !== 'GET' && /^\/(v1\.0|beta)\/(?!\$batch)/.test(at))
    },
    graph(stack) {
      const { tenantId, clientId, clientSecret } = tenants.find((tenant) => tenant.stack === stack)!
      const settings = { ...env, ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: clientSecret }
      return createGraph({ settings: graphSettings(settings) })
    },
    async made(stack) {
      const graph = fleet.graph(stack)
      const filter = encodeURIComponent("startswith(displayName,'M-Files')")
      const applications = await graph.collect(`/applications?$filter=${filter}`)
      const principals = await graph.collect<{ id: string }>(`/servicePrincipals?$filter=${filter}`)
      const jobs = await Promise.all(principals.map(({ id }) => listJobs(graph, id)))
      return { applications: applications.length, jobs: jobs.flat().length }
    },
    async stop() {
      await services.stop()
      rmSync(base, { recursive: true, force: true })
    },
  }
  for (const { stack, clientId, clientSecret } of tenants) {
    writeFileSync(path.join(envs, `${stack}.env`), `ARM_CLIENT_ID=${clientId}\nARM_CLIENT_SECRET=${clientSecret}\n`)
    fleet.write(stack)
  }
  return fleet
}
