import type { FastifyInstance, FastifyRequest } from 'fastify'
import { list } from '../protocol/list.ts'
import { queryOfBody, queryOfUrl, type UrlParameters } from '../protocol/query.ts'
import type { ResourceType } from '../schema/model.ts'
import type { Registry } from '../schema/registry.ts'
import type { Context } from './context.ts'
import { sendScim } from './messages.ts'
import { sessionOf } from './session.ts'

/** Lists of users, of groups, and at the root of both; by GET, and by POST of a search (RFC 7644 §3.4.3). */
export function listRoutes(app: FastifyInstance, context: Context): void {
  const listOf = (path: string, typesOf: (registry: Registry) => ResourceType[]): void => {
    const types = (request: FastifyRequest): ResourceType[] => typesOf(request.caller.tenant.registry)
    app.get(path === '' ? '/' : path, async (request, reply) => {
      const query = queryOfUrl(request.query as UrlParameters)
      return sendScim(reply, await list(sessionOf(request, context), types(request), query))
    })
    app.post(`${path}/.search`, async (request, reply) =>
      sendScim(reply, await list(sessionOf(request, context), types(request), queryOfBody(request.body))),
    )
  }
  listOf('/Users', ({ User }) => [User])
  listOf('/Groups', ({ Group }) => [Group])
  listOf('', ({ types }) => types)
}
