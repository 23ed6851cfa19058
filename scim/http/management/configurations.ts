import { z } from 'zod'
import { clientSettings } from '../../oauth/client-settings.ts'
import { accesses } from '../../oauth/scopes.ts'
import {
  type Configuration,
  changeConfiguration,
  createConfiguration,
  deleteConfiguration,
  findConfiguration,
  listConfigurations,
} from '../../storage/configurations.ts'
import { brokenConstraint } from '../../storage/database.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { type Context, tenantUrl, tokenEndpoint } from '../context.ts'
import { ApiError, clipped } from './errors.ts'
import { type Asked, operation } from './operation.ts'
import { id, licenceType, secretInfo, text, time } from './schemas.ts'

const settings = { managedBy: text(400).nullable().optional(), ...clientSettings }
const newBody = z.strictObject({ name: text(200), defaultLicence: licenceType.default('named'), ...settings })
const changeBody = z.strictObject({ name: text(200).optional(), defaultLicence: licenceType.optional(), ...settings })

const answer = z.object({
  id,
  name: z.string(),
  defaultLicence: licenceType,
  managedBy: z.string().nullable(),
  access: z.enum(accesses),
  federation: z.object({ issuer: z.string(), subject: z.string(), audience: z.string() }).nullable(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).nullable(),
  clientId: z.string(),
  createdAt: time,
  secrets: z.array(secretInfo),
  tenantUrl: z.url(),
  tokenEndpoint: z.url(),
})
const withSecret = answer.extend({ clientSecret: z.string().describe('Shown this once') })

const all = '/tenants/{tenant}/configurations'
const one = `${all}/{configuration}`
const nameTaken = 'The tenant has a configuration of that name'

/** The provisioning configurations of a tenant: what one identity provider is given to reach it. */
export const configurationOperations = [
  operation({
    name: 'listConfigurations',
    method: 'GET',
    path: all,
    summary: 'Configurations in the order of their making',
    query: z.strictObject({ name: z.string().max(200).optional().describe('Only the one of this name') }),
    answer: z.object({ configurations: z.array(answer) }),
    async handle({ context, query, tenant }) {
      const its = await tenant()
      const found = await listConfigurations(context.database, its.id, query.name)
      return { configurations: found.map((each) => describe(context, its, each)) }
    },
  }),
  operation({
    name: 'createConfiguration',
    method: 'POST',
    path: all,
    summary: 'Makes a client, with its first secret',
    body: newBody,
    status: 201,
    answer: withSecret,
    conflict: nameTaken,
    async handle({ context, body, tenant, authorIn }) {
      const its = await tenant()
      const made = await createConfiguration(context.database, authorIn(its), body).catch((error) =>
        refuseName(context, its, error, body.name),
      )
      const found = await findConfiguration(context.database, its.id, made.id)
      return { ...describe(context, its, found!), clientSecret: made.clientSecret }
    },
  }),
  operation({
    name: 'getConfiguration',
    method: 'GET',
    path: one,
    summary: 'A configuration, with its secrets but for what they are',
    answer,
    handle: describeFresh,
  }),
  operation({
    name: 'changeConfiguration',
    method: 'PATCH',
    path: one,
    summary: 'Changes what is named. Another default licence is also that of the users the configuration has made',
    body: changeBody,
    answer,
    conflict: nameTaken,
    async handle(asked) {
      const { context, body, authorIn } = asked
      const { tenant, configuration } = await requireConfiguration(asked)
      await changeConfiguration(context.database, authorIn(tenant), configuration, body).catch((error) =>
        refuseName(context, tenant, error, body.name!),
      )
      context.tokens.forget()
      return await describeFresh(asked)
    },
  }),
  operation({
    name: 'deleteConfiguration',
    method: 'DELETE',
    path: one,
    summary: 'Deletes a client; its tokens end. What it made stays, with the licences it gave',
    async handle(asked) {
      const { tenant, configuration } = await requireConfiguration(asked)
      await deleteConfiguration(asked.context.database, asked.authorIn(tenant), configuration)
      asked.context.tokens.forget()
    },
  }),
]

/** Throws 404 if there is none of that id. */
export async function requireConfiguration({
  context,
  params,
  tenant,
}: Asked<unknown, unknown>): Promise<{ tenant: Tenant; configuration: Configuration }> {
  const its = await tenant()
  const configuration = await findConfiguration(context.database, its.id, params.configuration!)
  if (configuration) return { tenant: its, configuration }
  throw new ApiError(404, 'not_found', `Tenant ${its.name} has no configuration ${clipped(params.configuration!)}`)
}

async function describeFresh(asked: Asked<unknown, unknown>): Promise<z.input<typeof answer>> {
  const { tenant, configuration } = await requireConfiguration(asked)
  return describe(asked.context, tenant, configuration)
}

const describe = (context: Context, { name }: Tenant, found: Configuration): z.input<typeof answer> => ({
  ...found,
  jwks: found.jwks as { keys: Record<string, unknown>[] } | null,
  tenantUrl: tenantUrl(context, name),
  tokenEndpoint: tokenEndpoint(context, name),
})

async function refuseName(context: Context, tenant: Tenant, error: unknown, wanted: string): Promise<never> {
  if (brokenConstraint(error) !== 'configuration_tenant_name_key_key') throw error
  const [existing] = await listConfigurations(context.database, tenant.id, wanted)
  const message = `Tenant ${tenant.name} has a configuration named ${JSON.stringify(wanted)} already`
  throw new ApiError(409, 'name_taken', message, { configurationId: existing?.id })
}
