import type { Database } from '../storage/database.ts'
import { openPglite } from '../storage/pglite.ts'
import { openPostgres } from '../storage/postgres.ts'
import { startPostgres } from './postgres.ts'
import { postgresBinaries } from './postgres-binaries.ts'

const databaseKinds = ['postgres', 'pglite'] as const
type DatabaseKind = (typeof databaseKinds)[number]

/**
 * The database that tests run on: the one named by ENTRADA_SCIM_TEST_DATABASE, else PostgreSQL where it is installed, which
 * starts faster. On continuous integration it has to be.
 */
function chosenKind(): DatabaseKind {
  const named = process.env.ENTRADA_SCIM_TEST_DATABASE
  if (named) {
    const kind = databaseKinds.find((each) => each === named)
    if (kind) return kind
    throw new Error(`ENTRADA_SCIM_TEST_DATABASE is one of ${databaseKinds.join(', ')}; it was ${JSON.stringify(named)}`)
  }
  return postgresBinaries() || process.env.CI === 'true' ? 'postgres' : 'pglite'
}

/** An empty database of the test's own, gone when it is closed. */
export async function openTestDatabase(kind = chosenKind()): Promise<Database> {
  if (kind === 'pglite') return await openPglite()
  const server = await startPostgres()
  const database = await openPostgres(await server.freshDatabase())
  return {
    ...database,
    async close() {
      await database.close()
      await server.remove()
    },
  }
}
