import { json, parseJson, type WireRequest, type WireResponse } from '../http/exchange.ts'
import type { Fault } from '../http/faults.ts'
import type { SandboxParts } from '../sandbox.ts'
import { checkSettings, DEFAULT_SETTINGS } from '../settings.ts'
import { CLIENTS, clientIdOf } from '../tenant/seed.ts'

type Body = Record<string, unknown>
type Control = (parts: SandboxParts, body: Body, query: URLSearchParams) => unknown

/** Thrown for a request that the control surface does not understand. */
class BadControl extends Error {}

/** Answers are JSON; `undefined` is a 204. */
const ROUTES: Record<string, Control> = {
  'GET /sandbox/health': (parts) => ({ status: 'ok', users: parts.tenant.users.size, jobs: parts.tenant.jobs.size }),
  'GET /sandbox/clients': (parts) => clients(parts),
  'POST /sandbox/reset': (parts) => reset(parts),
  'GET /sandbox/faults': (parts) => parts.faults.list(),
  'POST /sandbox/faults': (parts, body) => parts.faults.add(readFault(body)),
  'DELETE /sandbox/faults': (parts) => parts.faults.clear(),
  'GET /sandbox/requests': (parts) => parts.journal.list(),
  'DELETE /sandbox/requests': (parts) => parts.journal.clear(),
  'POST /sandbox/cycle': (parts, body) => cycle(parts, body.jobId),
  'GET /sandbox/cycles': (parts, _, query) => cycles(parts, query.get('jobId')),
  'GET /sandbox/clock': (parts) => clock(parts),
  'POST /sandbox/clock': (parts, body) => advance(parts, body.advanceSeconds),
  'GET /sandbox/settings': (parts) => parts.settings,
  'POST /sandbox/settings': (parts, body) => change(parts, body),
}

/** Answer a request to `/sandbox/*`, which needs no token; undefined for any other. */
export async function controlAnswer(parts: SandboxParts, request: WireRequest): Promise<WireResponse | undefined> {
  if (!request.path.startsWith('/sandbox/')) return undefined
  const route = ROUTES[`${request.method} ${request.path}`]
  if (!route)
    return failure(404, `There is no ${request.method} ${request.path}. Known: ${Object.keys(ROUTES).join(', ')}.`)
  try {
    const answer = await route(parts, (parseJson(request.body) ?? {}) as Body, request.query)
    return answer === undefined ? { status: 204, headers: {}, body: '' } : json(200, answer)
  } catch (error) {
    const isCallers = error instanceof BadControl || error instanceof SyntaxError
    return failure(isCallers ? 400 : 500, (error as Error).message)
  }
}

const failure = (status: number, message: string) => json(status, { error: { message } })

function clients({ tenant, opened }: SandboxParts) {
  return CLIENTS.map((client) => {
    const clientId = clientIdOf(opened.origin.seed, client)
    return { ...client, clientId, clientSecret: tenant.credentials.get(clientId)![0]!.secret }
  })
}

/** Back to the generated state; clock, clients and their secrets stay. */
function reset(parts: SandboxParts): undefined {
  for (const job of [...parts.tenant.jobs.values()]) parts.provisioning.remove(job.id)
  const secrets = clients(parts).map(({ clientId }) => [clientId, parts.tenant.credentials.get(clientId)!] as const)
  const kept = parts.tenant.keepsakes.get('sandbox')
  parts.tenant.batch(() => {
    parts.tenant.resetTo(parts.opened.fresh())
    for (const [clientId, credentials] of secrets) parts.tenant.credentials.put(clientId, credentials)
    parts.tenant.keepsakes.put('sandbox', { ...kept, settings: {} })
  })
  Object.assign(parts.settings, DEFAULT_SETTINGS)
  parts.faults.clear()
  parts.journal.clear()
  return undefined
}

function readFault(body: Body): Fault {
  if (typeof body.path !== 'string')
    throw new BadControl('A fault needs a path: a regular expression over the path with its query.')
  if (body.status === undefined && body.delayMs === undefined && !body.drop) {
    throw new BadControl('A fault needs a status to answer with, a delayMs or a drop.')
  }
  return body as unknown as Fault
}

async function cycle({ tenant, provisioning }: SandboxParts, jobId: unknown) {
  const jobs = [...tenant.jobs.values()]
  const job = jobId === undefined && jobs.length === 1 ? jobs[0] : tenant.jobs.get(String(jobId))
  if (job) return provisioning.runCycle(job.id)
  const known = jobs.map(({ id }) => id).join(', ') || 'none'
  throw new BadControl(`There is no job "${jobId ?? ''}" to run a cycle of. Jobs: ${known}.`)
}

function cycles({ tenant }: SandboxParts, jobId: string | null) {
  return [...tenant.cycles.values()].filter((cycle) => jobId === null || cycle.jobId === jobId)
}

const clock = (parts: SandboxParts) => ({
  now: new Date(parts.clock.now()).toISOString(),
  offsetSeconds: parts.clock.offsetSeconds,
})

function advance(parts: SandboxParts, seconds: unknown) {
  if (typeof seconds !== 'number' || !(seconds >= 0)) {
    throw new BadControl(
      `advanceSeconds is ${JSON.stringify(seconds)}: a number, 0 or more. The clock does not go back.`,
    )
  }
  parts.clock.advance(seconds)
  keep(parts, { clockOffsetSeconds: parts.clock.offsetSeconds })
  return clock(parts)
}

function change(parts: SandboxParts, body: Body) {
  try {
    Object.assign(parts.settings, checkSettings(body))
  } catch (error) {
    throw new BadControl((error as Error).message)
  }
  keep(parts, { settings: { ...parts.settings } })
  return parts.settings
}

function keep({ tenant }: SandboxParts, more: object): void {
  tenant.keepsakes.put('sandbox', { ...tenant.keepsakes.get('sandbox'), ...more })
}
