import { z } from 'zod'
import { provisionedPage } from '../../storage/provisioned.ts'
import { operation } from './operation.ts'
import { id } from './schemas.ts'

export const resourceOperations = [
  operation({
    name: 'listProvisioned',
    method: 'GET',
    path: '/tenants/{tenant}/resources',
    summary:
      'What was provisioned, page by page: the attributes as they came, and the members of groups. For tools that compare, such as a forecast',
    query: z.strictObject({
      type: z.enum(['User', 'Group']),
      after: id.optional().describe('`next` of the page before'),
      count: z.coerce.number().int().min(1).max(1_000).default(1_000),
    }),
    answer: z.object({
      resources: z.array(z.looseObject({ id })),
      next: id.nullable().describe('null: nothing follows'),
    }),
    async handle({ context, query: { type, after, count }, tenant }) {
      return await provisionedPage(context.database, (await tenant()).id, type, after, count)
    },
  }),
]
