import { z } from 'zod'
import { addSecret, deleteSecret } from '../../storage/secrets.ts'
import { requireConfiguration } from './configurations.ts'
import { ApiError, clipped } from './errors.ts'
import { operation } from './operation.ts'
import { id, secretInfo, time } from './schemas.ts'

/** Microsoft's gallery asks for secrets that live one to three years. */
const longestLife = 3 * 366 * 24 * 60 * 60 * 1000

const all = '/tenants/{tenant}/configurations/{configuration}/secrets'

/** The secrets of a client: two at most are valid at a time. */
export const secretOperations = [
  operation({
    name: 'listSecrets',
    method: 'GET',
    path: all,
    summary: 'Secrets, the oldest first, but for what they are: only their hashes are stored',
    answer: z.object({ secrets: z.array(secretInfo) }),
    handle: async (asked) => ({ secrets: (await requireConfiguration(asked)).configuration.secrets }),
  }),
  operation({
    name: 'addSecret',
    method: 'POST',
    path: all,
    summary: 'Makes a further secret. Of more than two the oldest ends',
    body: z.strictObject({
      retireOthers: z
        .enum(['now', 'onFirstUse', 'never'])
        .default('onFirstUse')
        .describe('When the secrets that there are end: at once, when the new one is first used, or when they expire'),
      expiresAt: time.nullable().optional().describe('At most three years from now; two if it is left out'),
    }),
    status: 201,
    answer: z.object({
      id,
      clientSecret: z.string().describe('Shown this once'),
      createdAt: time,
      expiresAt: time,
    }),
    async handle(asked) {
      const { tenant, configuration } = await requireConfiguration(asked)
      const { retireOthers, expiresAt } = asked.body
      const expires = expiresAt ? new Date(expiresAt) : undefined
      const left = expires && expires.getTime() - Date.now()
      if (left !== undefined && (left <= 0 || left > longestLife)) {
        const wrong = left <= 0 ? 'in the past' : 'more than three years from now'
        throw new ApiError(400, 'invalid_request', `expiresAt: ${expiresAt} is ${wrong}`)
      }
      return await addSecret(asked.context.database, asked.authorIn(tenant), configuration, retireOthers, expires)
    },
  }),
  operation({
    name: 'deleteSecret',
    method: 'DELETE',
    path: `${all}/{secret}`,
    summary: 'Ends a secret',
    async handle(asked) {
      const { tenant, configuration } = await requireConfiguration(asked)
      const { secret } = asked.params
      if (await deleteSecret(asked.context.database, asked.authorIn(tenant), configuration, secret!)) return
      throw new ApiError(404, 'not_found', `The configuration has no secret ${clipped(secret!)}`)
    },
  }),
]
