import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { parseBody } from './api.ts'
import type { Context } from './context.ts'

const body = z.strictObject({ retireOthers: z.enum(['now', 'whenTokensEnd']).default('whenTokensEnd') })

/** /api/signing-keys: for who cannot wait until a new key is made by itself, or fears for the old one. */
export function signingKeyRoutes(app: FastifyInstance, context: Context): void {
  app.post('/signing-keys', async (request, reply) => {
    const { retireOthers } = parseBody(body, request.body ?? {})
    await context.signingKeys.rotate(retireOthers === 'now')
    context.tokens.forget()
    return reply.code(201).send({ keys: (await context.signingKeys.published()).keys.map(({ kid }) => kid) })
  })
}
