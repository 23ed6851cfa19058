import { setTimeout as sleep } from 'node:timers/promises'
import type { WireRequest, WireResponse } from './exchange.ts'

/** A fault to make: which requests it hits, and what becomes of them. */
export interface Fault {
  /** Requests of clients to the tenant, the default, or of the provisioning service to the target. */
  side?: 'tenant' | 'target'
  /** Regular expression over the path with its query. */
  path: string
  method?: string
  /** The first of the matching requests that is hit; 1 by default. */
  nth?: number
  /** How many are hit from there on; 1 by default. */
  times?: number
  /** Answer with this in place of the real answer. */
  status?: number
  body?: unknown
  headers?: Record<string, string>
  /** Wait, milliseconds: before the request is carried out, or between that and the answer. */
  delayMs?: number
  when?: 'before' | 'after'
  /** What the request writes is not seen by those who read, milliseconds of the sandbox clock. */
  lagMs?: number
  /** Cut the connection: before the request is carried out, or after it. */
  drop?: 'before' | 'after' | boolean
}

interface Armed {
  fault: Fault
  pattern: RegExp
  seen: number
}

/** Faults in the order they were added; the first that matches a request is the one that counts it. */
export class Faults {
  #armed: Armed[] = []

  /** @throws SyntaxError for a path that is no regular expression */
  add(fault: Fault): void {
    this.#armed.push({ fault, pattern: new RegExp(fault.path), seen: 0 })
  }

  list(): (Fault & { seen: number })[] {
    return this.#armed.map(({ fault, seen }) => ({ ...fault, seen }))
  }

  /** Whether any fault is meant for a side. */
  areArmed(side: 'tenant' | 'target'): boolean {
    return this.#armed.some(({ fault }) => (fault.side ?? 'tenant') === side)
  }

  clear(): void {
    this.#armed = []
  }

  /** Answer a request, or what a fault makes of it; undefined cuts the connection. */
  async through(
    request: WireRequest,
    answer: (request: WireRequest) => Promise<WireResponse>,
    side: 'tenant' | 'target' = 'tenant',
  ): Promise<WireResponse | undefined> {
    const fault = this.#hit(request, side)
    if (!fault) return answer(request)
    const late = fault.lagMs === undefined ? request : { ...request, lagMs: fault.lagMs }
    if (fault.delayMs && fault.when !== 'after') await sleep(fault.delayMs)
    if (fault.drop === 'after') {
      await answer(late)
      return undefined
    }
    if (fault.drop) return undefined
    const response = fault.status === undefined ? await answer(late) : forged(fault)
    if (fault.delayMs && fault.when === 'after') await sleep(fault.delayMs)
    return response
  }

  #hit(request: WireRequest, side: 'tenant' | 'target'): Fault | undefined {
    const query = request.query.toString()
    const target = query ? `${request.path}?${query}` : request.path
    for (const armed of this.#armed) {
      const { method, nth = 1, times = 1 } = armed.fault
      if ((armed.fault.side ?? 'tenant') !== side) continue
      if ((method && method.toUpperCase() !== request.method) || !armed.pattern.test(target)) continue
      armed.seen += 1
      if (armed.seen >= nth && armed.seen < nth + times) return armed.fault
    }
    return undefined
  }
}

const BODILESS = new Set([204, 205, 304])

function forged({ status, body, headers }: Fault): WireResponse {
  const hasNone = body === undefined && BODILESS.has(status!)
  const text = hasNone ? '' : typeof body === 'string' ? body : JSON.stringify(body ?? defaultBody(status!))
  return { status: status!, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text }
}

const defaultBody = (status: number) => ({
  error: { code: 'SandboxFault', message: `The sandbox was asked to answer ${status}.` },
})
