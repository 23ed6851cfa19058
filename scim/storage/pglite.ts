import { type Database, DatabaseError, type Parameter, type Queryable } from './database.ts'
import { startThread } from './pglite-thread.ts'
import { inTransaction } from './transaction.ts'
import { decodeRows, encodeParameter } from './wire.ts'

/** As long as on PostgreSQL; milliseconds. */
const usualLimit = 10_000

/**
 * PostgreSQL in WebAssembly, in `directory` or, without one, in memory. Survives a killed process; not a power cut,
 * since it does not fsync. Only one process may have the directory open: take `lockDirectory` first.
 */
export async function openPglite(directory?: string, limit = usualLimit): Promise<Database> {
  const thread = await startThread(directory, limit)
  const post = thread.run
  const queries = (groupable: boolean): Queryable => {
    const { opened } = thread
    return {
      async query<Row>(text: string, parameters: Parameter[] = []) {
        if (!groupable && thread.opened !== opened)
          throw new DatabaseError('The transaction was undone when the database was opened anew', '57P01')
        return decodeRows<Row>(await post({ text, parameters: parameters.map(encodeParameter), groupable }))
      },
    }
  }
  const single = queries(true)

  /** One connection: while a transaction is open, all others wait for it. */
  let transactions: Promise<unknown> = Promise.resolve()
  let open = 0
  return {
    kind: 'PGlite',
    async query<Row>(text: string, parameters?: Parameter[]) {
      while (open > 0) await transactions
      return await single.query<Row>(text, parameters)
    },
    async script(text) {
      while (open > 0) await transactions
      await post({ script: `BEGIN;\n${text}\nCOMMIT;` }).catch(async (error) => {
        await post({ script: 'ROLLBACK' }).catch(() => {})
        throw error
      })
    },
    transaction<Result>(work: (database: Queryable) => Promise<Result>) {
      open++
      const result = transactions.then(() => inTransaction(queries(false), work))
      transactions = result.then(
        () => open--,
        () => open--,
      )
      return result
    },
    load: () => ({ running: Math.min(1, thread.waiting), waiting: Math.max(0, thread.waiting - 1) }),
    close: thread.end,
  }
}
