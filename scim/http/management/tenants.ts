import { z } from 'zod'
import { brokenConstraint } from '../../storage/database.ts'
import { deleteTenant } from '../../storage/tenant-deletion.ts'
import { countsOf, licencesOf, listTenants, putTenant, type Tenant } from '../../storage/tenants.ts'
import { allowedTenantName, tenantName } from '../../tenant/name.ts'
import { settingsChange } from '../../tenant/settings.ts'
import type { Context } from '../context.ts'
import { ApiError, clipped } from './errors.ts'
import { operation } from './operation.ts'
import { page, range, search, text, total } from './schemas.ts'

const seats = z.int32().min(0).nullable().describe('null is without limit')
const licences = { named: seats, concurrent: seats, readOnly: seats }
const body = z.strictObject({
  displayName: text(200).optional(),
  licences: z.strictObject(licences).partial().optional(),
  settings: settingsChange.optional(),
})

const number = z.int().min(0)
const inPool = z.object({ licensed: number.describe('Seats that are held'), waiting: number })
const answer = z.object({
  tenant: z.string(),
  displayName: z.string(),
  licences: z.object(licences),
  settings: settingsChange.required().extend({
    extensions: z.array(z.unknown()).describe('Each a resourceType and a schema as RFC 7643 §7 has it'),
  }),
  counts: z.object({
    users: number,
    activeUsers: number,
    groups: number,
    licensed: number.describe('Users who have the licence that they are to have'),
    waiting: number,
    byType: z.object({ named: inPool, concurrent: inPool, readOnly: inPool }),
  }),
})

export const tenantOperations = [
  operation({
    name: 'listTenants',
    method: 'GET',
    path: '/tenants',
    summary: 'Tenants by name',
    query: z.strictObject({ search, ...page }),
    answer: z.object({ total, tenants: z.array(z.object({ tenant: z.string(), displayName: z.string() })) }),
    async handle({ context, query }) {
      const wanted = query.search.toLowerCase()
      const all = await listTenants(context.database)
      const found = all.filter(({ name, displayName }) => `${name}\n${displayName}`.toLowerCase().includes(wanted))
      const { offset, limit } = range(query)
      const tenants = found.slice(offset, offset + limit)
      return { total: found.length, tenants: tenants.map(({ name, displayName }) => ({ tenant: name, displayName })) }
    },
  }),
  operation({
    name: 'getTenant',
    method: 'GET',
    path: '/tenants/{tenant}',
    summary: 'A tenant: its licences, settings and counts',
    answer,
    handle: async ({ context, tenant }) => describe(context, await tenant()),
  }),
  operation({
    name: 'putTenant',
    method: 'PUT',
    path: '/tenants/{tenant}',
    summary:
      'Makes a tenant, or changes what is named of it. A larger pool promotes who waits; a smaller one evicts nobody',
    body,
    answer,
    conflict: 'Users share a value of an attribute that is declared unique',
    async handle({ context, params, body, tenant, actor }) {
      const name = params.tenant!
      if (!tenantName.test(name)) {
        throw new ApiError(400, 'invalid_tenant', `A tenant name is ${allowedTenantName}; it was ${clipped(name)}`)
      }
      await putTenant(context.database, name, body, actor).catch(refuseSharedValues)
      context.tokens.forget()
      return await describe(context, await tenant())
    },
  }),
  operation({
    name: 'deleteTenant',
    method: 'DELETE',
    path: '/tenants/{tenant}',
    summary: 'Deletes a tenant with all its users, groups, configurations and its audit trail. This cannot be undone',
    query: z.strictObject({ confirm: z.string().describe('The name of the tenant, once more') }),
    async handle({ context, params, query, tenant }) {
      const { name } = await tenant()
      if (query.confirm !== name) {
        const message = `confirm: to delete tenant ${name} with all it holds, say confirm=${name}`
        throw new ApiError(400, 'not_confirmed', message)
      }
      await deleteTenant(context.database, params.tenant!)
      context.tokens.forget()
    },
  }),
]

function refuseSharedValues(error: unknown): never {
  if (brokenConstraint(error) !== 'attr_value_unique') throw error
  const message =
    'Users have the same value of an attribute that shall be unique; change those first, or leave it as it is'
  throw new ApiError(409, 'values_not_unique', message)
}

async function describe(
  { database }: Context,
  { id, name, displayName, settings }: Tenant,
): Promise<z.input<typeof answer>> {
  const [licences, counts] = await Promise.all([licencesOf(database, id), countsOf(database, id)])
  return { tenant: name, displayName, licences, settings, counts }
}
