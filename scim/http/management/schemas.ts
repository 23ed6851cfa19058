import { z } from 'zod'
import { userStates } from '../../storage/search.ts'
import { licenceTypes, poolTypes } from '../../tenant/licence-types.ts'

/** What several operations take or give. */
export const licenceType = z.enum(licenceTypes)
export const poolType = z.enum(poolTypes)
export const id = z.uuid()
export const time = z.iso.datetime({ offset: true })
export const search = z.string().max(200).default('')

/** Of lists: where the page begins, from 1, and how many it has at most. */
export const page = {
  startIndex: z.coerce.number().int().min(1).max(1_000_000_000).default(1),
  count: z.coerce.number().int().min(0).max(200).default(50),
}
export const range = ({ startIndex, count }: { startIndex: number; count: number }) => ({
  offset: startIndex - 1,
  limit: count,
})

export const total = z.int().min(0).describe('How many there are on all pages')

export const licence = {
  type: licenceType.describe('The highest type that the configuration and the groups of the user give'),
  state: z.enum(userStates),
}

export const text = (longest: number) => z.string().trim().min(1).max(longest)

/** A client secret, but for what it is. */
export const secretInfo = z.object({ id, createdAt: time, expiresAt: time, lastUsedAt: time.nullable() })
