import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Switches } from '../switches.ts'
import { networkError } from './errors.ts'

export interface OutgoingRequest {
  method: string
  url: URL | string
  headers: Record<string, string>
  body?: string
}

export interface IncomingAnswer {
  status: number
  text: string
  retryAfter: string | undefined
}

/** Sends one request. @throws TargetError when there is no answer in time; `what` names the other side in it */
export type Transport = (outgoing: OutgoingRequest, what: string) => Promise<IncomingAnswer>

/** Makes of a transport one that meets with faults. */
export type Disturb = (send: Transport) => Transport

/**
 * Plain HTTP with connections kept alive. A cycle of thousands of requests spends less than half the processor time of
 * `fetch` here.
 */
export function createTransport(switches: Switches, activityId: string): { send: Transport; close(): void } {
  const { requestTimeoutMs: timeoutMs, userAgent, activityHeader, tlsMaxVersion } = switches
  const options = { keepAlive: true, maxSockets: switches.concurrency }
  const http = new HttpAgent(options)
  // TLS 1.2 or newer is what the service speaks (Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint").
  const https = new HttpsAgent({ ...options, minVersion: 'TLSv1.2', maxVersion: tlsMaxVersion })
  const always: Record<string, string> = {
    ...(userAgent ? { 'user-agent': userAgent } : {}),
    ...(activityHeader ? { [activityHeader]: activityId } : {}),
  }
  const send: Transport = ({ method, url, headers, body }, what) =>
    new Promise((resolve, reject) => {
      const target = typeof url === 'string' ? new URL(url) : url
      const secure = target.protocol === 'https:'
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const request = (secure ? httpsRequest : httpRequest)(
        target,
        { method, agent: secure ? https : http, headers: { ...always, ...headers, ...length } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            text += chunk
          })
          response.on('end', () => {
            clearTimeout(timer)
            resolve({ status: response.statusCode ?? 0, text, retryAfter: response.headers['retry-after'] })
          })
          response.on('error', fail)
        },
      )
      const fail = (error: NodeJS.ErrnoException): void => {
        clearTimeout(timer)
        reject(networkError(error, what, timeoutMs))
      }
      const timer = setTimeout(() => request.destroy(new DOMException('', 'TimeoutError')), timeoutMs)
      request.on('error', fail)
      request.end(body)
    })
  return {
    send,
    close() {
      http.destroy()
      https.destroy()
    },
  }
}
