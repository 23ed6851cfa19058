import type { FastifyInstance } from 'fastify'
import { openApi } from '../openapi/document.ts'

/** /openapi.json: open to everybody, since it says nothing of any tenant. */
export function descriptionRoute(app: FastifyInstance): void {
  let text: string | undefined
  app.get('/openapi.json', (_request, reply) => {
    text ??= JSON.stringify(openApi())
    return reply.type('application/json').header('cache-control', 'public, max-age=300').send(text)
  })
}
