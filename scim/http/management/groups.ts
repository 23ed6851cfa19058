import { z } from 'zod'
import { isUuid } from '../../schema/ids.ts'
import type { GroupView } from '../../storage/inspect.ts'
import { inspectGroup } from '../../storage/inspect.ts'
import { setGroupLicence } from '../../storage/licences.ts'
import { searchGroups } from '../../storage/search-groups.ts'
import type { Tenant } from '../../storage/tenants.ts'
import type { Context } from '../context.ts'
import { ApiError, clipped } from './errors.ts'
import { operation } from './operation.ts'
import { id, page, poolType, range, search, time, total } from './schemas.ts'

const licence = poolType
  .nullable()
  .describe('What the group gives its members; null: nothing beyond their configuration')
const oneGroup = z.object({
  id,
  displayName: z.string(),
  licence,
  createdAt: time,
  modifiedAt: time,
})

export const groupOperations = [
  operation({
    name: 'listGroupLicences',
    method: 'GET',
    path: '/tenants/{tenant}/groups',
    summary: 'Groups by name, with the licence they give',
    query: z.strictObject({ search, ...page }),
    answer: z.object({
      total,
      groups: z.array(z.object({ id, displayName: z.string(), members: z.int().min(0), licence })),
    }),
    async handle({ context, query, tenant }) {
      return await searchGroups(context.database, (await tenant()).id, { search: query.search, ...range(query) })
    },
  }),
  operation({
    name: 'getGroupLicence',
    method: 'GET',
    path: '/tenants/{tenant}/groups/{group}',
    summary: 'A group, with the licence it gives',
    answer: oneGroup,
    handle: async ({ context, params, tenant }) => describe(await requireGroup(context, await tenant(), params.group!)),
  }),
  operation({
    name: 'setGroupLicence',
    method: 'PUT',
    path: '/tenants/{tenant}/groups/{group}/licence',
    summary:
      'Gives the members of a group, and of the groups in it, a licence of at least this type; null takes it back. Who is raised beyond the seats waits on the seat held',
    body: z.strictObject({ type: poolType.nullable() }),
    answer: oneGroup,
    async handle({ context, params, body, tenant, authorIn }) {
      const found = await tenant()
      const { id } = await requireGroup(context, found, params.group!)
      await setGroupLicence(context.database, authorIn(found), id, body.type)
      return describe(await requireGroup(context, found, id))
    },
  }),
]

async function requireGroup({ database }: Context, tenant: Tenant, id: string): Promise<GroupView> {
  const group = isUuid(id) ? await inspectGroup(database, tenant.id, id) : undefined
  if (group) return group
  throw new ApiError(404, 'not_found', `Tenant ${tenant.name} has no group ${clipped(id)}`)
}

const describe = ({ id, attributes, licence, created, modified }: GroupView): z.input<typeof oneGroup> => ({
  id,
  displayName: String(attributes.displayName),
  licence,
  createdAt: created.toISOString(),
  modifiedAt: modified.toISOString(),
})
