import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireMe } from '../protocol/me.ts'
import { perform } from '../protocol/perform.ts'
import { onlyValue, type UrlParameters } from '../protocol/query.ts'
import type { ScimRequest } from '../protocol/request.ts'
import { groupType, userType } from '../schema/registry.ts'
import { sendAnswer } from './answers.ts'
import type { Context } from './context.ts'
import { sessionOf } from './session.ts'

const methods = { GET: 'get', PUT: 'replace', PATCH: 'patch', DELETE: 'delete' } as const

/** Single users and groups, and the user that the caller is: RFC 7644 §3.3 to §3.6, §3.11. */
export function resourceRoutes(app: FastifyInstance, context: Context): void {
  for (const { name: type, endpoint } of [userType, groupType]) {
    app.post(endpoint, async (request, reply) => {
      const asked = scimRequest(request, { method: 'create', type, id: randomUUID() })
      return sendAnswer(reply, await perform(sessionOf(request, context), asked))
    })
    for (const [method, operation] of Object.entries(methods)) {
      app.route<{ Params: { id: string } }>({
        method,
        url: `${endpoint}/:id`,
        async handler(request, reply) {
          const asked = scimRequest(request, { method: operation, type, id: request.params.id })
          return sendAnswer(reply, await perform(sessionOf(request, context), asked))
        },
      })
    }
  }
  for (const [method, operation] of Object.entries(methods)) {
    app.route({
      method,
      url: '/Me',
      async handler(request, reply) {
        const session = sessionOf(request, context)
        const asked = scimRequest(request, { method: operation, type: 'User', id: await requireMe(session) })
        return sendAnswer(reply, await perform(session, asked))
      },
    })
  }
}

/** The operation with what the HTTP request says beside its address. */
function scimRequest(request: FastifyRequest, what: Pick<ScimRequest, 'method' | 'type' | 'id'>): ScimRequest {
  const { headers } = request
  const query = request.query as UrlParameters
  return {
    ...what,
    body: request.body,
    attributes: onlyValue(query, 'attributes'),
    excludedAttributes: onlyValue(query, 'excludedAttributes'),
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    prefer: [headers.prefer].flat().join(','),
  }
}
