import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { type Database, DatabaseError, type Parameter, type Queryable } from './database.ts'
import type { Reply, Request, Statement } from './pglite-worker.ts'
import { inTransaction } from './transaction.ts'
import { decodeRows, encodeParameter, type TextResult } from './wire.ts'

type Work = Statement | { script: string } | { close: true }

/**
 * V8's optimizing compiler would take 600 MB for a single function of PostgreSQL, and seconds at each start, to make
 * statements about a fifth faster.
 */
const baselineCompilerOnly = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']

/**
 * PostgreSQL in WebAssembly, in `directory` or, without one, in memory. Survives a killed process; not a power cut,
 * since it does not fsync. Only one process may have the directory open: take `lockDirectory` first.
 */
export async function openPglite(directory?: string): Promise<Database> {
  for (const flag of baselineCompilerOnly) setFlagsFromString(flag)
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: { directory } })
  const waiting = new Map<number, { resolve: (result: TextResult) => void; reject: (error: Error) => void }>()
  const expect = (id: number): Promise<TextResult> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  worker.on('message', (replies: Reply[]) => {
    for (const reply of replies) {
      const call = waiting.get(reply.id)
      waiting.delete(reply.id)
      if ('result' in reply) call?.resolve(reply.result)
      else call?.reject(new DatabaseError(reply.error.message, reply.error.code, reply.error.constraint))
    }
  })
  worker.on('error', (error) => {
    for (const call of waiting.values()) call.reject(error as Error)
    waiting.clear()
  })
  await expect(0)

  let lastId = 0
  const outgoing: Request[] = []
  const post = (work: Work): Promise<TextResult> => {
    const id = ++lastId
    if (outgoing.length === 0) setImmediate(() => worker.postMessage(outgoing.splice(0)))
    outgoing.push({ ...work, id })
    return expect(id)
  }
  const queries = (groupable: boolean): Queryable => ({
    async query<Row>(text: string, parameters: Parameter[] = []) {
      return decodeRows<Row>(await post({ text, parameters: parameters.map(encodeParameter), groupable }))
    },
  })
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
        await post({ script: 'ROLLBACK' })
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
    load: () => ({ running: Math.min(1, waiting.size), waiting: Math.max(0, waiting.size - 1) }),
    async close() {
      await post({ close: true })
      await worker.terminate()
    },
  }
}
