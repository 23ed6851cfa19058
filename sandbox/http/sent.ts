import type { Disturb, IncomingAnswer, OutgoingRequest } from '../provisioning/target/transport.ts'
import { Newest } from './newest.ts'

/** One request of the provisioning service to a target. */
export interface SentRequest {
  /** Of the virtual clock. */
  at: string
  tenantId: string
  method: string
  url: string
  /** SCIM bodies, parsed; that of a token request, which may hold a secret, is left out. */
  body?: unknown
  /** 0: there was no answer. */
  status: number
  ms: number
}

/** Requests to targets: what a SCIM service is asked, to the letter. */
export class SentJournal extends Newest<SentRequest> {
  constructor() {
    super(2_000)
  }

  /** A transport whose requests are kept, each once it is answered. */
  recording(tenantId: string, clock: { now(): number }): Disturb {
    return (send) => async (outgoing, what) => {
      const [at, began] = [new Date(clock.now()).toISOString(), performance.now()]
      let answer: IncomingAnswer | undefined
      try {
        answer = await send(outgoing, what)
        return answer
      } finally {
        this.add({
          at,
          tenantId,
          method: outgoing.method,
          url: String(outgoing.url),
          ...bodyOf(outgoing),
          status: answer?.status ?? 0,
          ms: Math.round((performance.now() - began) * 10) / 10,
        })
      }
    }
  }
}

function bodyOf({ headers, body }: OutgoingRequest): Pick<SentRequest, 'body'> {
  const isScim = headers['content-type']?.startsWith('application/scim+json')
  return body !== undefined && isScim ? { body: JSON.parse(body) as unknown } : {}
}
