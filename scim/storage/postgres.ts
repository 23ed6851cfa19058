import pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { type Database, DatabaseError, type Parameter, preparedStatements, type Queryable } from './database.ts'
import { inTransaction } from './transaction.ts'
import { decodeRows, encodeParameter } from './wire.ts'

export interface PostgresOptions {
  /** Connections at most; more than twice the server's cores make it slower. */
  connections?: number
  /** Asked for each new connection, for passwords that expire; in place of the one in the URL. */
  password?: () => Promise<string>
}

type Client = pg.Pool | pg.PoolClient

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/** In milliseconds. The client's limit is for a server that does not answer at all. */
const limits = { connectionTimeoutMillis: 5_000, statement_timeout: 10_000, query_timeout: 20_000 }
/** A script changes the tables of all tenants, and waits for another replica that does. The longest that a timer knows. */
const withoutLimit = { query_timeout: 2 ** 31 - 1 }

/** PostgreSQL undoes one of the transactions that wait for each other; done again it succeeds. */
const deadlocked = new Set(['40P01', '40001'])
const attempts = 5

/**
 * A pool of connections to a PostgreSQL server, 15 or newer. When the server goes away statements fail with an error that
 * `isUnreachable` tells, and succeed again once it is back. Throws such an error if the server cannot be reached.
 */
export async function openPostgres(
  url: string,
  { connections = 8, password }: PostgresOptions = {},
): Promise<Database> {
  const pool = new pg.Pool({
    ...parseIntoClientConfig(url),
    max: connections,
    keepAlive: true,
    types: asText,
    ...(password && { password }),
    ...limits,
  })
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
    query: (text, parameters) => again(() => all.query(text, parameters)),
    async script(text) {
      await pool.query({ text: `SET LOCAL statement_timeout = 0;\n${text}`, ...withoutLimit }).catch(fail)
    },
    async transaction(work) {
      const client = await pool.connect().catch(fail)
      let broken: Error | undefined
      try {
        return await inTransaction(queryable(client), work, (error) => {
          broken = error
        })
      } finally {
        client.release(broken)
      }
    },
    load: () => ({ running: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

async function again<Result>(statement: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement()
    } catch (error) {
      const retry = error instanceof DatabaseError && deadlocked.has(error.code) && attempt < attempts
      if (!retry) throw error
    }
  }
}

/** 08006 (connection failure) stands for all errors that do not come from the server. */
function fail(error: Error & { code?: string }): never {
  if (error instanceof pg.DatabaseError) throw new DatabaseError(error.message, error.code ?? 'XX000', error.constraint)
  throw new DatabaseError(error.message || String(error.code), '08006')
}
