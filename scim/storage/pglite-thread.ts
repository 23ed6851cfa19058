import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { DatabaseError } from './database.ts'
import type { Reply, Request, Statement } from './pglite-worker.ts'
import type { TextResult } from './wire.ts'

export type Work = Statement | { script: string } | { close: true }

export interface Thread {
  /** Changes when the database was opened anew: what a transaction has done before is undone then. */
  readonly opened: number
  /** How many requests have no answer yet. */
  readonly waiting: number
  run(work: Work): Promise<TextResult>
  end(): Promise<void>
}

/**
 * V8's optimizing compiler would take 600 MB for a single function of PostgreSQL, and seconds at each start, to make
 * statements about a fifth faster.
 */
const baselineCompilerOnly = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']

/** Milliseconds; short enough for the limit to be kept within a tenth. */
const lookEvery = 250

/**
 * The thread that PGlite runs in. Nothing can interrupt a statement there, and PGlite takes no notice of statement_timeout. So when
 * one has run for `limit` milliseconds the thread is ended, as when it fails by itself, and the directory opened anew: what was not
 * committed is undone, the statement fails with 57014, all others with 57P01. A database in memory would be lost, so it has no limit.
 */
export async function startThread(directory: string | undefined, limit: number): Promise<Thread> {
  for (const flag of baselineCompilerOnly) setFlagsFromString(flag)
  const url = new URL('./pglite-worker.ts', import.meta.url)
  const waiting = new Map<number, { resolve: (result: TextResult) => void; reject: (error: Error) => void }>()
  /** The id of the request that is being worked on; 0 for none, or one without a limit. */
  const progress = new Int32Array(new SharedArrayBuffer(4))
  let outgoing: Request[] = []
  let opened = 0
  let lastId = 0
  let ended = false
  let worker: Worker

  const expect = (id: number): Promise<TextResult> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  const open = (): Promise<TextResult> => {
    opened++
    progress[0] = 0
    outgoing = []
    const started = new Worker(url, { workerData: { directory, progress } })
    worker = started
    started.on('message', (replies: Reply[]) => {
      for (const reply of replies) {
        const call = waiting.get(reply.id)
        waiting.delete(reply.id)
        if ('result' in reply) call?.resolve(reply.result)
        else call?.reject(new DatabaseError(reply.error.message, reply.error.code, reply.error.constraint))
      }
    })
    started.on('error', (error) => {
      if (worker === started) replace(error as Error)
    })
    return expect(0)
  }
  const replace = (reason: Error): void => {
    const slow = progress[0]
    const calls = [...waiting]
    waiting.clear()
    for (const [id, call] of calls) {
      const isSlow = id === slow && reason instanceof DatabaseError
      call.reject(isSlow ? reason : new DatabaseError(`The database was opened anew: ${reason.message}`, '57P01'))
    }
    if (ended || !directory) return
    void worker.terminate()
    open().catch(() => {})
  }
  await open()

  let seen = { id: 0, since: 0 }
  const watch = setInterval(() => {
    const id = Atomics.load(progress, 0)
    if (id !== seen.id) seen = { id, since: Date.now() }
    else if (id !== 0 && directory && Date.now() - seen.since >= limit)
      replace(new DatabaseError(`A statement took longer than ${limit / 1_000} s and was ended`, '57014'))
  }, lookEvery).unref()

  const run = (work: Work): Promise<TextResult> => {
    const id = ++lastId
    if (outgoing.length === 0) setImmediate(() => outgoing.length > 0 && worker.postMessage(outgoing.splice(0)))
    outgoing.push({ ...work, id })
    return expect(id)
  }
  return {
    get opened() {
      return opened
    },
    get waiting() {
      return waiting.size
    },
    run,
    async end() {
      ended = true
      clearInterval(watch)
      await run({ close: true })
      await worker.terminate()
    },
  }
}
