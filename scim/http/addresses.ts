import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, ScimError } from '../errors.ts'
import { sendScim } from './messages.ts'

/**
 * Answers requests for which there is no route: 405 with `Allow` where there is one for other methods, 204 with it to OPTIONS,
 * else 404. To be called before the routes are added.
 */
export function answerOtherAddresses(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set(['OPTIONS'])
    for (const each of [method].flat()) known.add(each)
    methods.set(url, known)
  })
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0]!.replace(/\/$/, '')
    const pattern = [...methods.keys()].filter((each) => isAt(each, path)).sort(byLiteral)[0]
    if (!pattern) throw new ScimError(404, `There is nothing at ${request.method} ${path}`)
    void reply.header('allow', [...methods.get(pattern)!].sort().join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).removeHeader('content-type').send()
    throw new ScimError(405, `${request.method} is not possible at ${path}`)
  })
}

function isAt(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.replace(/\/$/, '').split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index])
}

/** `/Users/.search` before `/Users/:id`. */
const byLiteral = (left: string, right: string): number => left.split(':').length - right.split(':').length

/** Answers requests to what is no part of the service, and to versions of SCIM that it does not speak (RFC 7644 §3.13). */
export function answerOutside(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const version = /^\/[^/]+\/scim\/(v\d[^/]*)/.exec(path)?.[1]
    const error = version
      ? badRequest('invalidVers', `Version ${version.slice(0, 20)} is not served; the address ends in /scim/v2`)
      : new ScimError(404, `There is nothing at ${request.method} ${path.slice(0, 200)}`)
    return sendScim(reply.code(error.status), error.body())
  })
}

/** Answers requests whose address is not percent-encoded UTF-8. */
export function answerBadAddress(reply: FastifyReply): void {
  sendScim(reply.code(400), badRequest('invalidSyntax', 'The address is not percent-encoded UTF-8').body())
}

/**
 * The address of a request in its plain form: without the suffix `.scim` that clients send who cannot send `Accept` (RFC 7644
 * §3.8), and with the name that ServiceProviderConfig has today for Microsoft's first sample's.
 */
export const plainAddress = (url: string): string =>
  url
    .replace(/^(\/[^/?]+\/scim\/v2\/[^?]*?)(?:\.scim)(?=$|\?)/, '$1')
    .replace(/^(\/[^/?]+\/scim\/v2\/)serviceConfiguration(?=$|[/?])/i, '$1ServiceProviderConfig')
