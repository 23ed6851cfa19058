import type { FastifyInstance } from 'fastify'
import { bulkLimits } from '../limits.ts'
import { runBulk } from '../protocol/bulk/run.ts'
import type { Context } from './context.ts'
import { sendScim } from './messages.ts'
import { sessionOf } from './session.ts'

/** RFC 7644 §3.7. */
export function bulkRoutes(app: FastifyInstance, context: Context): void {
  app.post('/Bulk', { bodyLimit: bulkLimits.maxPayloadSize }, async (request, reply) =>
    sendScim(reply, await runBulk(sessionOf(request, context), request.body)),
  )
}
