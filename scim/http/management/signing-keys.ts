import { z } from 'zod'
import { operation } from './operation.ts'

export const signingKeyOperations = [
  operation({
    name: 'rotateSigningKey',
    method: 'POST',
    path: '/signing-keys',
    summary:
      'Signs access tokens by a new key from now on: for who cannot wait until one is made by itself, or fears for the old one',
    body: z.strictObject({
      retireOthers: z
        .enum(['now', 'whenTokensEnd'])
        .default('whenTokensEnd')
        .describe('now: all tokens that were issued end at once'),
    }),
    status: 201,
    answer: z.object({ keys: z.array(z.string()).describe('Ids of the keys that tokens are verified by') }),
    async handle({ context, body }) {
      await context.signingKeys.rotate(body.retireOthers === 'now')
      context.tokens.forget()
      return { keys: (await context.signingKeys.published()).keys.flatMap(({ kid }) => kid ?? []) }
    },
  }),
]
