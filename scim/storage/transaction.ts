import type { Queryable } from './database.ts'

/** `broken` is told if the transaction could not even be undone: its connection is of no more use. */
export async function inTransaction<Result>(
  connection: Queryable,
  work: (database: Queryable) => Promise<Result>,
  broken: (error: Error) => void = () => {},
): Promise<Result> {
  try {
    await connection.query('BEGIN')
    const result = await work(connection)
    await connection.query('COMMIT')
    return result
  } catch (error) {
    await connection.query('ROLLBACK').catch(broken)
    throw error
  }
}
