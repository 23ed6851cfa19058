import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { searchUsers, userStates } from '../storage/search.ts'
import { parseBody, requireTenant } from './api.ts'
import type { Context } from './context.ts'

const query = z.object({
  state: z.enum(userStates).optional(),
  search: z.string().max(200).default(''),
  startIndex: z.coerce.number().int().min(1).default(1),
  count: z.coerce.number().int().min(0).max(200).default(50),
})

/** GET /api/tenants/{tenant}/users: the users as the licence pool sees them. */
export function usersRoute(app: FastifyInstance, context: Context): void {
  app.get('/tenants/:tenant/users', async (request) => {
    const tenant = await requireTenant(context, request)
    const { state, search, startIndex, count } = parseBody(query, request.query)
    return await searchUsers(context.database, tenant.id, { state, search, offset: startIndex - 1, limit: count })
  })
}
