import { z } from 'zod'
import { isUuid } from '../../schema/ids.ts'
import { inspectUser } from '../../storage/inspect.ts'
import { searchUsers, userStates } from '../../storage/search.ts'
import { ApiError, clipped } from './errors.ts'
import { operation } from './operation.ts'
import { id, licence, licenceType, page, poolType, range, search, time, total } from './schemas.ts'

const userName = z.string()

export const userOperations = [
  operation({
    name: 'listUserLicences',
    method: 'GET',
    path: '/tenants/{tenant}/users',
    summary: 'Users by name; those who wait in the order in which they are given a seat',
    query: z.strictObject({
      state: z.enum(userStates).optional(),
      type: licenceType.optional(),
      active: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
      search,
      ...page,
    }),
    answer: z.object({
      total,
      users: z.array(
        z.object({
          id,
          userName,
          displayName: z.string().nullable(),
          active: z.boolean(),
          licence: z.object(licence),
        }),
      ),
    }),
    async handle({ context, query, tenant }) {
      const { startIndex, count, ...filters } = query
      return await searchUsers(context.database, (await tenant()).id, { ...filters, ...range({ startIndex, count }) })
    },
  }),
  operation({
    name: 'getUserLicence',
    method: 'GET',
    path: '/tenants/{tenant}/users/{user}',
    summary: 'A user: what was provisioned, the licence, why it is that one, and since when the user waits',
    answer: z.object({
      id,
      userName,
      active: z.boolean(),
      attributes: z.record(z.string(), z.unknown()).describe('As provisioned, without what the service adds'),
      licence: z.object({
        ...licence,
        base: licenceType.nullable().describe('The type that the configuration gives'),
        configuration: z.string().nullable().describe('Its name; null if it is deleted'),
        held: poolType.nullable().describe('The type of the seat; none, or a lower one, while the user waits'),
        waitingSince: time.nullable(),
        ahead: z.int().min(0).nullable().describe('How many are given a seat of the type first'),
      }),
      groups: z.array(
        z.object({
          id,
          displayName: z.string(),
          gives: poolType.nullable().describe('Of its own, or by a group it is in'),
        }),
      ),
      createdAt: time,
      modifiedAt: time,
    }),
    async handle({ context, params, tenant }) {
      const { id: tenantId, name } = await tenant()
      const user = isUuid(params.user!) && (await inspectUser(context.database, tenantId, params.user!))
      if (!user) throw new ApiError(404, 'not_found', `Tenant ${name} has no user ${clipped(params.user!)}`)
      const { id, active, attributes, licence, groups, created, modified } = user
      return {
        id,
        userName: String(attributes.userName),
        active,
        attributes,
        licence: { ...licence, waitingSince: licence.waitingSince?.toISOString() ?? null },
        groups,
        createdAt: created.toISOString(),
        modifiedAt: modified.toISOString(),
      }
    },
  }),
]
