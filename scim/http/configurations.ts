import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { clientSettings } from '../oauth/client-settings.ts'
import {
  addSecret,
  type Configuration,
  changeConfiguration,
  createConfiguration,
  deleteConfiguration,
  deleteSecret,
  findConfiguration,
  licenceTypes,
  listConfigurations,
} from '../storage/configurations.ts'
import { brokenConstraint } from '../storage/database.ts'
import type { Tenant } from '../storage/tenants.ts'
import { ApiError, parseBody, requireTenant } from './api.ts'
import { type Context, tenantUrl, tokenEndpoint } from './context.ts'

const name = z.string().trim().min(1).max(200)
const managedBy = z.string().max(400).nullable().optional()
const newBody = z.strictObject({
  name,
  defaultLicence: z.enum(licenceTypes).default('named'),
  managedBy,
  ...clientSettings,
})
const changeBody = z.strictObject({
  name: name.optional(),
  defaultLicence: z.enum(licenceTypes).optional(),
  managedBy,
  ...clientSettings,
})
const secretBody = z.strictObject({
  retireOthers: z.enum(['now', 'onFirstUse', 'never']).default('onFirstUse'),
  expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
})

/** Microsoft's gallery asks for secrets that live one to three years. */
const longestSecretLife = 3 * 366 * 24 * 60 * 60 * 1000

type Params = { tenant: string; id: string; secretId: string }

/** The provisioning configurations of a tenant, and their client secrets. */
export function configurationRoutes(app: FastifyInstance, context: Context): void {
  const { database } = context
  const all = '/tenants/:tenant/configurations'

  app.get<{ Querystring: { name?: string } }>(all, async (request) => {
    const tenant = await requireTenant(context, request)
    const found = await listConfigurations(database, tenant.id, request.query.name)
    return { configurations: found.map((each) => describe(context, tenant, each)) }
  })

  app.post(all, async (request, reply) => {
    const tenant = await requireTenant(context, request)
    const body = parseBody(newBody, request.body)
    const made = await createConfiguration(database, tenant.id, body).catch((error) =>
      nameTaken(context, tenant, error, body.name),
    )
    const configuration = await findConfiguration(database, tenant.id, made.id)
    return reply.code(201).send({ ...describe(context, tenant, configuration!), clientSecret: made.clientSecret })
  })

  app.get(`${all}/:id`, async (request) => {
    const { tenant, configuration } = await requireConfiguration(context, request)
    return describe(context, tenant, configuration)
  })

  app.patch(`${all}/:id`, async (request) => {
    const { tenant, configuration } = await requireConfiguration(context, request)
    const body = parseBody(changeBody, request.body)
    await changeConfiguration(database, configuration.id, body).catch((error) =>
      nameTaken(context, tenant, error, body.name!),
    )
    context.tokens.forget()
    return describe(context, tenant, (await requireConfiguration(context, request)).configuration)
  })

  app.delete(`${all}/:id`, async (request, reply) => {
    const { configuration } = await requireConfiguration(context, request)
    await deleteConfiguration(database, configuration.id)
    context.tokens.forget()
    return reply.code(204).send()
  })

  app.post(`${all}/:id/secrets`, async (request, reply) => {
    const { configuration } = await requireConfiguration(context, request)
    const { retireOthers, expiresAt } = parseBody(secretBody, request.body ?? {})
    const expires = expiresAt ? new Date(expiresAt) : undefined
    if (expires && expires.getTime() <= Date.now()) {
      throw new ApiError(400, 'invalid_request', `expiresAt: ${expiresAt} is in the past`)
    }
    if (expires && expires.getTime() > Date.now() + longestSecretLife) {
      throw new ApiError(400, 'invalid_request', `expiresAt: ${expiresAt} is more than three years from now`)
    }
    return reply.code(201).send(await addSecret(database, configuration.id, retireOthers, expires))
  })

  app.delete<{ Params: Params }>(`${all}/:id/secrets/:secretId`, async (request, reply) => {
    const { configuration } = await requireConfiguration(context, request)
    const { secretId } = request.params
    if (await deleteSecret(database, configuration.id, secretId)) return reply.code(204).send()
    throw new ApiError(404, 'not_found', `The configuration has no secret ${JSON.stringify(secretId.slice(0, 80))}`)
  })
}

function describe(context: Context, tenant: Tenant, configuration: Configuration): object {
  return {
    ...configuration,
    tenantUrl: tenantUrl(context, tenant.name),
    tokenEndpoint: tokenEndpoint(context, tenant.name),
  }
}

async function requireConfiguration(
  context: Context,
  request: FastifyRequest,
): Promise<{ tenant: Tenant; configuration: Configuration }> {
  const tenant = await requireTenant(context, request)
  const { id } = request.params as Params
  const configuration = await findConfiguration(context.database, tenant.id, id)
  if (configuration) return { tenant, configuration }
  throw new ApiError(404, 'not_found', `Tenant ${tenant.name} has no configuration ${JSON.stringify(id.slice(0, 80))}`)
}

async function nameTaken(context: Context, tenant: Tenant, error: unknown, wanted: string): Promise<never> {
  if (brokenConstraint(error) !== 'configuration_tenant_name_key_key') throw error
  const [existing] = await listConfigurations(context.database, tenant.id, wanted)
  const message = `Tenant ${tenant.name} has a configuration named ${JSON.stringify(wanted)} already`
  throw new ApiError(409, 'name_taken', message, { configurationId: existing?.id })
}
