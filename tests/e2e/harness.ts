/** A tenant in a box, the SCIM service and a Pulumi project in a folder of their own, driven as users drive them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { localEnvironment } from '../../cli/local/environment.ts'
import { type LocalFolder, localFolder, prepareFolder, STACK } from '../../cli/local/folder.ts'
import { type SandboxReady, type Services, startServices } from '../../cli/local/services.ts'
import { writeWorkspace } from '../../cli/local/workspace.ts'
import { ensureEngine } from '../../tools/setup/engine.ts'

export interface Outcome {
  code: number | null
  /** Both streams, as they came. */
  text: string
}

/** One step of `pulumi preview --json`. */
export interface Step {
  op: string
  urn: string
  detailedDiff?: Record<string, { kind: string }> | null
}

export interface StateResource {
  urn: string
  type: string
  id?: string
  inputs?: Record<string, unknown>
  outputs?: Record<string, unknown>
  parent?: string
  initErrors?: string[]
}

export interface Tenant {
  readonly folder: LocalFolder
  /** Replaced by `restart`. */
  services: Services
  env: Record<string, string>
  readonly engine: string
  /** Runs the engine in the project's folder. */
  pulumi(...args: string[]): Promise<Outcome>
  /** `pulumi up` without questions. */
  up(...args: string[]): Promise<Outcome>
  /** What an update would do, without resources that stay as they are. */
  changes(): Promise<Step[]>
  /** Rewrites the stack's config, given without the namespace. */
  configure(edit: (config: Record<string, unknown>) => void): void
  state(): Promise<StateResource[]>
  resource(state: StateResource[], type: string): StateResource
  graph<T>(path: string, init?: Init): Promise<T>
  control<T>(path: string, init?: Init): Promise<T>
  scim<T>(path: string, init?: Init): Promise<T>
  /** An update under way, to be interrupted; `done` resolves with its outcome. */
  startUp(): { process: ChildProcess; done: Promise<Outcome> }
  /** Starts both services again on their ports, after one was killed. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface Init {
  method?: string
  body?: unknown
  headers?: Record<string, string>
}

export async function startTenant(options: { users?: number } = {}): Promise<Tenant> {
  const folder = localFolder(mkdtempSync(path.join(tmpdir(), 'entrada-e2e-')))
  prepareFolder(folder)
  const engine = process.env.ENTRADA_ENGINE ?? (await ensureEngine()).command
  const start = () => startServices(folder, { users: options.users ?? 200, say: () => {} })
  const services = await start()
  const ca = readFileSync(services.sandbox.caFile, 'utf8')
  writeWorkspace(folder)
  const stackFile = path.join(folder.workspace, `Pulumi.${STACK}.yaml`)
  const withOptions = (args: string[]) => [...args, '--non-interactive', '--color=never']
  const pulumi = (...args: string[]) => run(engine, withOptions(args), folder.workspace, tenant.env)
  const UP = ['up', '--yes', '--skip-preview', '--stack', STACK]

  const tenant: Tenant = {
    folder,
    services,
    env: localEnvironment(folder, engine, services),
    engine,
    pulumi,
    up: (...args) => pulumi(...UP, ...args),
    startUp() {
      const child = launch(engine, withOptions(UP), folder.workspace, tenant.env)
      return { process: child, done: outcomeOf(child) }
    },
    async changes() {
      const { code, text } = await pulumi('preview', '--json', '--stack', STACK)
      if (code !== 0) throw new Error(text)
      const { steps } = JSON.parse(text.slice(text.indexOf('{'))) as { steps: Step[] }
      return steps.filter(({ op }) => op !== 'same')
    },
    configure(edit) {
      const file = parse(readFileSync(stackFile, 'utf8')) as { config: Record<string, unknown> }
      const config = Object.fromEntries(
        Object.entries(file.config).map(([key, value]) => [key.replace('entrada:', ''), value]),
      )
      edit(config)
      file.config = Object.fromEntries(Object.entries(config).map(([key, value]) => [`entrada:${key}`, value]))
      writeFileSync(stackFile, stringify(file))
    },
    async state() {
      const { text } = await pulumi('stack', 'export', '--stack', STACK)
      return (JSON.parse(text) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? []
    },
    resource(state, type) {
      const found = state.find((resource) => resource.type === `entrasync:index:${type}`)
      if (!found) throw new Error(`no ${type} in state: ${state.map((resource) => resource.type).join(', ')}`)
      return found
    },
    async graph(at, init) {
      const { sandbox } = tenant.services
      token ??= await signIn(sandbox, ca)
      return call(`${sandbox.graph}/v1.0${at}`, ca, {
        ...init,
        headers: { ...init?.headers, authorization: `Bearer ${token}` },
      })
    },
    control: (at, init) => call(`${tenant.services.sandbox.control}${at}`, ca, init),
    async scim(at, init) {
      const response = await fetch(`${tenant.services.scim.apiUrl}${at}`, {
        method: init?.method ?? 'GET',
        headers: {
          authorization: `Bearer ${tenant.services.scim.adminToken}`,
          ...(init?.body ? { 'content-type': 'application/json' } : {}),
        },
        body: init?.body ? JSON.stringify(init.body) : undefined,
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${at}: ${response.status} ${text}`)
      return (text ? JSON.parse(text) : undefined) as never
    },
    async restart() {
      await tenant.services.stop()
      tenant.services = await start()
      tenant.env = localEnvironment(folder, engine, tenant.services)
    },
    async stop() {
      await tenant.services.stop()
      rmSync(folder.path, { recursive: true, force: true })
    },
  }
  let token: string | undefined
  const created = await pulumi('stack', 'init', STACK)
  if (created.code !== 0) throw new Error(created.text)
  return tenant
}

async function signIn(sandbox: SandboxReady, ca: string): Promise<string> {
  const { login, tenantId, clientId, clientSecret, graph } = sandbox
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${graph}/.default`,
  }
  const { access_token } = await call<{ access_token: string }>(`${login}/${tenantId}/oauth2/v2.0/token`, ca, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  return access_token
}

export function run(command: string, args: string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
  return outcomeOf(launch(command, args, cwd, env))
}

export function launch(command: string, args: string[], cwd: string, env: Record<string, string>): ChildProcess {
  return spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}

/** JSON over https with the sandbox's own authority; errors carry status and body. */
export function call<T>(url: string, ca: string, init: Init = {}): Promise<T> {
  const raw =
    typeof init.body === 'string' ? init.body : init.body === undefined ? undefined : JSON.stringify(init.body)
  const headers = { ...(raw !== undefined && { 'content-type': 'application/json' }), ...init.headers }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: init.method ?? 'GET', headers, ca }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => {
        const status = response.statusCode ?? 0
        if (status >= 300) reject(new Error(`${init.method ?? 'GET'} ${url}: ${status} ${text}`))
        else resolve((text ? JSON.parse(text) : undefined) as T)
      })
    })
    sent.on('error', reject)
    sent.end(raw)
  })
}
