import { networkError } from '../provisioning/target/errors.ts'
import type { Disturb, IncomingAnswer } from '../provisioning/target/transport.ts'
import type { WireRequest, WireResponse } from './exchange.ts'
import type { Faults } from './faults.ts'

/** Lets the requests of the provisioning service to the target through the faults that are meant for them. */
export const disturbing =
  (faults: Faults): Disturb =>
  (send) =>
  async (outgoing, what) => {
    if (!faults.areArmed('target')) return send(outgoing, what)
    const { pathname, searchParams } = new URL(outgoing.url)
    const { method, headers, body = '' } = outgoing
    const request = { method, path: pathname, query: searchParams, headers, body: Buffer.from(body) }
    const through = async (_: WireRequest): Promise<WireResponse> => toWire(await send(outgoing, what))
    const response = await faults.through(request, through, 'target')
    // No time-out is named: a connection that is cut is noticed at once.
    if (!response) throw networkError(new Error('connection cut by a fault'), what, 0)
    return { status: response.status, text: response.body, retryAfter: response.headers['retry-after'] }
  }

const toWire = ({ status, text, retryAfter }: IncomingAnswer): WireResponse => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: text,
})
