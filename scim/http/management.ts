import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Refusal } from '../operations/refusal.ts'
import { brokenConstraint, isUnreachable } from '../storage/database.ts'
import { countsOf, licencesOf, putTenant, type Tenant } from '../storage/tenants.ts'
import { settingsChange } from '../tenant/settings.ts'
import { bearerOf, isAdminToken } from './admin-token.ts'
import { ApiError, parseBody, requireTenant } from './api.ts'
import { configurationRoutes } from './configurations.ts'
import type { Context } from './context.ts'
import { usersRoute } from './management-users.ts'
import { signingKeyRoutes } from './signing-keys.ts'

const seats = z.number().int().min(0).nullable().optional()
const tenantBody = z.strictObject({
  displayName: z.string().trim().min(1).max(200).optional(),
  licences: z.strictObject({ named: seats, concurrent: seats, readOnly: seats }).optional(),
  settings: settingsChange.optional(),
})
/** Also the first part of paths, so none of the service's own names. */
const tenantName = /^(?!api$|admin$|healthz$|readyz$|metrics$)[a-z0-9][a-z0-9-]{0,62}$/

/** /api/tenants/{tenant}: what an administrator, or the deployment, does to a tenant. */
export async function managementRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    context.signIns.check(request, reply, 'management API')
    if (isAdminToken(bearerOf(request), context.adminToken)) return
    context.signIns.failed(request, 'management API')
    void reply.header('www-authenticate', 'Bearer')
    throw new ApiError(
      401,
      'unauthorized',
      'The management credential is missing or wrong: send it as Authorization: Bearer',
    )
  })
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiError) {
      const { code, message, details } = error
      return reply.code(error.status).send({ error: { code, message, ...details } })
    }
    if (error instanceof Refusal) {
      const code = error.statusCode === 429 ? 'too_many_requests' : 'unavailable'
      return reply.code(error.statusCode).send({ error: { code, message: error.message } })
    }
    if (isUnreachable(error)) {
      const message = 'The database cannot be reached now; try again'
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({ error: { code: 'unavailable', message } })
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    const message = status < 500 ? (error as Error).message : 'The service failed to answer this request'
    return reply.code(status).send({ error: { code: status < 500 ? 'invalid_request' : 'internal', message } })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: { code: 'not_found', message: `There is nothing at ${request.method} ${request.url.split('?')[0]}` },
    }),
  )

  app.get('/tenants/:tenant', async (request) => describeTenant(context, await requireTenant(context, request)))
  app.put<{ Params: { tenant: string } }>('/tenants/:tenant', async (request) => {
    const { tenant: name } = request.params
    if (!tenantName.test(name)) {
      throw new ApiError(
        400,
        'invalid_tenant',
        `A tenant name is up to 63 small letters, digits and hyphens, and none of the service's own paths; it was ${JSON.stringify(name.slice(0, 80))}`,
      )
    }
    const change = parseBody(tenantBody, request.body ?? {})
    await putTenant(context.database, name, change, 'management API').catch(refuseSharedValues)
    context.tokens.forget()
    return await describeTenant(context, await requireTenant(context, request))
  })
  configurationRoutes(app, context)
  usersRoute(app, context)
  signingKeyRoutes(app, context)
}

function refuseSharedValues(error: unknown): never {
  if (brokenConstraint(error) !== 'attr_value_unique') throw error
  const message =
    'Users have the same value of an attribute that shall be unique; change those first, or leave it as it is'
  throw new ApiError(409, 'values_not_unique', message)
}

async function describeTenant(context: Context, tenant: Tenant): Promise<object> {
  const [licences, counts] = await Promise.all([
    licencesOf(context.database, tenant.id),
    countsOf(context.database, tenant.id),
  ])
  return { tenant: tenant.name, displayName: tenant.displayName, licences, settings: tenant.settings, counts }
}
