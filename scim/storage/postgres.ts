import pg from 'pg'
import { type Database, DatabaseError, type Parameter, preparedStatements, type Queryable } from './database.ts'
import { inTransaction } from './pglite.ts'
import { decodeRows, encodeParameter } from './wire.ts'

type Client = pg.Pool | pg.PoolClient

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/** A pool of connections to a PostgreSQL server, 15 or newer. */
export async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString: url, max: 8, statement_timeout: 10_000, types: asText })
  pool.on('error', () => {})
  const names = new Map<string, string>()

  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < preparedStatements) names.set(text, `s${names.size}`)
    return names.get(text)
  }
  const queryable = (client: Client): Queryable => ({
    async query<Row>(text: string, parameters: Parameter[] = []) {
      const values = parameters.map(encodeParameter)
      const result = await client.query({ name: nameOf(text), text, values, rowMode: 'array' }).catch(fail)
      const fields = result.fields.map((field) => ({ name: field.name, type: field.dataTypeID }))
      return decodeRows<Row>({ fields, rows: result.rows as (string | null)[][] })
    },
  })
  const all = queryable(pool)
  await all.query('SELECT 1').catch(async (error) => {
    await pool.end()
    throw error
  })
  return {
    kind: 'PostgreSQL',
    query: all.query,
    async script(text) {
      await pool.query(text).catch(fail)
    },
    async transaction(work) {
      const client = await pool.connect().catch(fail)
      try {
        return await inTransaction(queryable(client), work)
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

/** 08006 (connection failure) stands for all errors that come from the network. */
function fail(error: Error & { code?: string; constraint?: string }): never {
  const sqlState = error.code && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : '08006'
  throw new DatabaseError(error.message || String(error.code), sqlState, error.constraint)
}
