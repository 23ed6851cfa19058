import { json, parseJson, type WireRequest, type WireResponse } from '../http/exchange.ts'
import type { SandboxParts } from '../sandbox.ts'
import { BadControl } from './bad.ts'
import { advance, clock } from './clock.ts'
import { readFault } from './faults.ts'
import { addIdentity, identities, identityToken } from './identities.ts'
import { change, reset, restore, take } from './state.ts'
import { add, clients, list } from './tenants.ts'

type Body = Record<string, unknown>
type Control = (parts: SandboxParts, body: Body, query: URLSearchParams) => unknown

/** Answers are JSON; `undefined` is a 204. */
const ROUTES: Record<string, Control> = {
  'GET /sandbox/health': ({ tenant }) => ({ status: 'ok', users: tenant.users.size, jobs: tenant.jobs.size }),
  'GET /sandbox/tenants': (parts) => list(parts),
  'POST /sandbox/tenants': (parts, body) => add(parts, body),
  'GET /sandbox/clients': (parts) => clients(parts),
  'GET /sandbox/managedIdentities': (parts) => identities(parts),
  'POST /sandbox/managedIdentities': (parts, body) => addIdentity(parts, body),
  'GET /sandbox/managedIdentities/token': (parts, _, query) => identityToken(parts, query),
  'POST /sandbox/reset': (parts) => reset(parts),
  'GET /sandbox/snapshots': (parts) => [...parts.snapshots.keys()],
  'POST /sandbox/snapshots': (parts, body) => take(parts, body.name),
  'POST /sandbox/snapshots/restore': (parts, body) => restore(parts, body.name),
  'GET /sandbox/faults': (parts) => parts.faults.list(),
  'POST /sandbox/faults': (parts, body) => parts.faults.add(readFault(body)),
  'DELETE /sandbox/faults': (parts) => parts.faults.clear(),
  'GET /sandbox/requests': (parts) => parts.journal.list(),
  'DELETE /sandbox/requests': (parts) => parts.journal.clear(),
  'GET /sandbox/sent': (parts) => parts.sent.list(),
  'DELETE /sandbox/sent': (parts) => parts.sent.clear(),
  'POST /sandbox/cycle': (parts, body) => cycle(parts, body.jobId),
  'GET /sandbox/cycles': (parts, _, query) => cycles(parts, query.get('jobId')),
  'GET /sandbox/clock': (parts) => clock(parts),
  'POST /sandbox/clock': (parts, body) => advance(parts, body.advanceSeconds),
  'GET /sandbox/settings': (parts) => parts.settings,
  'POST /sandbox/settings': (parts, body) => change(parts, body),
}

/** Answer a request to `/sandbox/*`, which needs no token; undefined for any other. `?tenant=` names another than the first. */
export async function controlAnswer(parts: SandboxParts, request: WireRequest): Promise<WireResponse | undefined> {
  if (!request.path.startsWith('/sandbox/')) return undefined
  if (isOfOtherSite(request)) return failure(403, 'The control surface is not for pages of other sites.')
  const route = ROUTES[`${request.method} ${request.path}`]
  if (!route)
    return failure(404, `There is no ${request.method} ${request.path}. Known: ${Object.keys(ROUTES).join(', ')}.`)
  try {
    checkTenant(parts, request.query.get('tenant'))
    const answer = await route(parts, (parseJson(request.body) ?? {}) as Body, request.query)
    return answer === undefined ? { status: 204, headers: {}, body: '' } : json(200, answer)
  } catch (error) {
    const isCallers = error instanceof BadControl || error instanceof SyntaxError
    return failure(isCallers ? 400 : 500, (error as Error).message)
  }
}

/** Browsers say so of what a page sends; a page on the internet must not steer what runs on this machine. */
const isOfOtherSite = ({ headers }: WireRequest): boolean =>
  headers.origin !== undefined && headers.origin !== `https://${headers.host}`

const failure = (status: number, message: string) => json(status, { error: { message } })

function checkTenant({ tenants }: SandboxParts, tenantId: string | null): void {
  if (tenantId === null || tenants.find(tenantId)) return
  const known = tenants.list().map(({ parts }) => parts.tenant.tenantId)
  throw new BadControl(`There is no tenant "${tenantId}". Tenants: ${known.join(', ')}.`)
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
