import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { templateSchema } from '../sync/defaults/templates.ts'
import { type Ask, applicationWith } from './clients.testing.ts'
import { problemsOfAnswer } from './graph/contract/answers.ts'
import { freshJob } from './provisioning/job.ts'
import { OnDemandError } from './provisioning/onDemand/parameters.ts'
import type { Provisioning } from './provisioning/service.ts'
import { type Sandbox, type SandboxAddress, type SandboxOptions, startSandbox } from './sandbox.ts'
import type { SecretSet } from './tenant/model.ts'
import type { TenantStore } from './tenant/store.ts'

/** A provisioning service that remembers what it was asked and does nothing: for tests of the surfaces around it. */
export function fakeProvisioning(saved: (servicePrincipalId: string) => SecretSet = () => ({})) {
  const calls: string[] = []
  const note = (name: string) => (jobId: string, more?: string) => {
    calls.push([name, jobId, more].filter((part) => part !== undefined).join(' '))
  }
  const fake = {
    calls,
    validateCredentials: async (servicePrincipalId: string, secrets = saved(servicePrincipalId)) =>
      secrets.BaseAddress?.includes('good')
        ? { ok: true as const }
        : { ok: false as const, status: 400, code: 'CredentialValidationUnavailable', message: 'no answer' },
    start: note('start'),
    pause: note('pause'),
    restart: note('restart'),
    remove: note('remove'),
    newJob: (servicePrincipalId: string, templateId: string) => ({
      ...freshJob('', servicePrincipalId, templateId, 'Paused'),
      id: `${templateId}.0123456789abcdef0123456789abcdef.${calls.push('newJob')}`,
      synchronizationJobSettings: [],
    }),
    provisionOnDemand: async (jobId: string, parameters: unknown[]) => {
      if (parameters.length === 0) throw new OnDemandError('nothing to do')
      calls.push(`provisionOnDemand ${jobId}`)
      return { key: 'StatusInfo', value: JSON.stringify([parameters]) }
    },
    discoverDirectory: async (_: string, directory: object) => ({ ...directory, name: 'discovered' }),
    runCycle: async (jobId: string) => ({ id: 'cycle', jobId }),
    isRunning: () => false,
    settle: async () => {},
    close: async () => {},
  }
  return fake as unknown as Provisioning & { calls: string[] }
}

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  // Tests read whatever the surface answers.
  // biome-ignore lint/suspicious/noExplicitAny: an answer has any shape
  body: any
}

export interface TestSandbox {
  address: SandboxAddress
  provisioning: ReturnType<typeof fakeProvisioning>
  ca: string
  /** Any request; a body that is no text is sent as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** A Graph request as the seeded client, or as the one named. @throws for an answer that is not of Graph's types */
  graph(method: string, path: string, body?: unknown, headers?: Record<string, string>, client?: number): Promise<Reply>
  control(method: string, path: string, body?: unknown): Promise<Reply>
  /** Access token for Graph of the seeded client, or of the one named. */
  token(client?: number): Promise<string>
  /** A new application with these permissions, by name. */
  clientWith(permissions: string[]): Promise<{ clientId: string; clientSecret: string; objectId: string }>
  /** Access token for Graph of a new application with these permissions, by name. */
  tokenWith(permissions: string[]): Promise<string>
  close(): Promise<void>
}

/** A sandbox on a free port with a fake provisioning service, and a client that trusts its authority. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  let store: TenantStore | undefined
  const provisioning = fakeProvisioning((id) => store?.secrets.get(id) ?? {})
  const sandbox: Sandbox = await startSandbox({
    users: 60,
    createProvisioning(parts) {
      store ??= parts.store
      return provisioning
    },
    templateSchema,
    ...options,
  })
  const ca = readFileSync(sandbox.address.caFile, 'utf8')
  const agent = new Agent({ ca, keepAlive: true })
  const tokens = new Map<number, Promise<string>>()
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    exchange(agent, method, new URL(path, sandbox.address.login), body, headers)
  const control = (method: string, path: string, body?: unknown) => send(method, `/sandbox${path}`, body)

  async function signIn(client_id: string, client_secret: string): Promise<string> {
    const scope = `${sandbox.address.graph}/.default`
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope })
    return (await send('POST', `/${sandbox.address.tenantId}/oauth2/v2.0/token`, form.toString())).body.access_token
  }

  const signInAs = async (client: number): Promise<string> => {
    const { clientId, clientSecret } = (await control('GET', '/clients')).body[client]
    return signIn(clientId, clientSecret)
  }
  const token = (client = 0): Promise<string> => {
    const known = tokens.get(client) ?? signInAs(client)
    tokens.set(client, known)
    return known
  }

  async function graph(method: string, path: string, body?: unknown, headers?: Record<string, string>, client = 0) {
    const authorization = `Bearer ${await token(client)}`
    const reply = await send(method, `/v1.0${path}`, body, { authorization, ...headers })
    const problems = reply.status < 300 ? problemsOfAnswer(reply.body) : []
    if (problems.length > 0) throw new Error(`${method} ${path} is not Graph's: ${problems.join('; ')}`)
    return reply
  }

  async function clientWith(permissions: string[]) {
    const displayName = permissions.join(', ') || 'no permission'
    const ask: Ask = async (method, path, body) => (await graph(method, path, body)).body
    const { id, appId, principalId } = await applicationWith(ask, displayName, permissions)
    const { body: secret } = await graph('POST', `/applications/${id}/addPassword`, {})
    return { clientId: appId, clientSecret: secret.secretText, objectId: principalId }
  }

  return {
    address: sandbox.address,
    provisioning,
    ca,
    send,
    control,
    token,
    graph,
    clientWith,
    async tokenWith(permissions) {
      const { clientId, clientSecret } = await clientWith(permissions)
      return signIn(clientId, clientSecret)
    },
    async close() {
      agent.destroy()
      await sandbox.close()
    },
  }
}

function exchange(
  agent: Agent,
  method: string,
  url: URL,
  body: unknown,
  headers: Record<string, string>,
): Promise<Reply> {
  const bytes = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = incoming.headers['content-type']?.startsWith('application/json') && text !== ''
        resolve({ status: incoming.statusCode!, headers: incoming.headers, body: isJson ? JSON.parse(text) : text })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(bytes)
  })
}
