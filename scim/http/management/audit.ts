import { z } from 'zod'
import { readAudit } from '../../storage/audit.ts'
import { operation } from './operation.ts'
import { id, page, time } from './schemas.ts'

const part = z.string().max(200).optional()
const seq = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional()
const moment = time.transform((text) => new Date(text)).optional()

export const auditOperations = [
  operation({
    name: 'listAudit',
    method: 'GET',
    path: '/tenants/{tenant}/audit',
    summary: 'What was written, by whom; the newest first',
    query: z.strictObject({
      actor: part.describe('Part of the name of a configuration, or of who else writes'),
      action: part.describe('How it begins: `user`, `user created`'),
      subject: part.describe('Part of a name'),
      subjectId: id.optional(),
      since: moment.describe('The first moment that counts'),
      until: moment.describe('The first that no longer does'),
      before: seq.describe('Only entries older than the one of this number: `next` of the page before'),
      count: page.count,
    }),
    answer: z.object({
      entries: z.array(
        z.object({
          seq: z.int(),
          at: time,
          actor: z.string(),
          action: z.string(),
          subject: z.string(),
          subjectId: id.nullable(),
          changed: z.string(),
        }),
      ),
      next: z.int().nullable().describe('`before` of the next page; null on the last'),
    }),
    async handle({ context, query, tenant }) {
      const { count, ...filters } = query
      const found = await readAudit(context.database, (await tenant()).id, { ...filters, limit: count + 1 })
      const entries = found.slice(0, count).map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() }))
      return { entries, next: found.length > count ? (entries.at(-1)?.seq ?? null) : null }
    },
  }),
]
