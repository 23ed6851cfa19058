import { type LicenceType, type PoolType, poolTypes } from '../tenant/licence-types.ts'
import type { Author } from './audit.ts'
import type { Database, Queryable } from './database.ts'

/** How many users one statement gives another licence: well within the time limit of statements. */
const usersAtOnce = 10_000

/**
 * Gives the members of a group, and of the groups in it, a licence of at least this type; null takes it back. Users whose licence
 * is raised beyond the seats wait on the seat they hold. False: there is no such group.
 */
export async function setGroupLicence(
  database: Database,
  author: Author,
  group: string,
  type: PoolType | null,
): Promise<boolean> {
  return await database.transaction(async (transaction) => {
    const text = 'SELECT set_group_licence($1, $2, $3, $4) AS found'
    const [row] = await transaction.query<{ found: boolean }>(text, [author.tenant, group, type, author.actor])
    if (row!.found) await relicenseNoted(transaction, author, null)
    return row!.found
  })
}

/** For users to come, and for those that the configuration has made. Within a transaction. */
export async function setDefaultLicence(
  transaction: Queryable,
  author: Author,
  configuration: string,
  type: LicenceType,
): Promise<void> {
  const { tenant, actor } = author
  await transaction.query('SELECT set_default_licence($1, $2, $3, $4)', [tenant, configuration, type, actor])
  await relicenseNoted(transaction, author, type)
}

async function relicenseNoted(
  transaction: Queryable,
  { tenant, actor }: Author,
  base: LicenceType | null,
): Promise<void> {
  for (let done = 0, more = true; more; done += usersAtOnce) {
    const text = 'SELECT relicense_noted($1, $2, $3, $4, $5) AS more'
    const [row] = await transaction.query<{ more: boolean }>(text, [tenant, done, usersAtOnce, base, actor])
    more = row!.more
  }
}

/** Gives all free seats. From the highest type down, since who is promoted leaves a seat of a lower one. */
export async function promoteWaiting(transaction: Queryable, { tenant, actor }: Author): Promise<void> {
  for (const type of poolTypes) {
    for (let more = true; more; ) {
      const text = 'SELECT promote_waiting($1, $2, $3) > 0 AS more'
      const [row] = await transaction.query<{ more: boolean }>(text, [tenant, type, actor])
      more = row!.more
    }
  }
}
