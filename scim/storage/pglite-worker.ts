/** PGlite runs on the thread that calls it, so it has a thread of its own: a long statement does not stop HTTP. */

import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, protocol } from '@electric-sql/pglite'
import { preparedStatements } from './database.ts'
import type { TextResult } from './wire.ts'

export interface Statement {
  text: string
  parameters: (string | null)[]
  /** May share a transaction with the statements beside it; false inside a transaction of the caller's. */
  groupable: boolean
}
export type Request = { id: number } & (Statement | { script: string } | { close: true })
export type Reply = { id: number } & (
  | { result: TextResult }
  | { error: { message: string; code: string; constraint?: string } }
)

const { serialize } = protocol
const port = parentPort!
const progress: Int32Array = workerData.progress
interface Plan {
  /** Empty: not kept by the database. */
  name: string
  fields: TextResult['fields']
}
const prepared = new Map<string, Plan>()

/** What fails is run anew, and a long group holds up its first answer. */
const largestGroup = 64

/**
 * Without background workers nothing else bounds the log and the dead rows, or tells the planner that tables have grown: plans
 * made while they were empty would go on to read them whole.
 */
const checkpointEvery = 5_000
const vacuumEvery = 50_000
const vacuumEvenIfBusy = 500_000
/** Both wait for a second without requests; but not where the log has so many bytes, or there are so many more statements. */
const mostLog = 64 * 1024 * 1024
const lookAtLogEvery = 500
const logSinceCheckpoint = 'SELECT pg_current_wal_lsn() - redo_lsn AS bytes FROM pg_control_checkpoint()'
/** Without the catalogs, which take ten times as long and do not grow. */
const analyzeOwnTables = `DO $$ BEGIN EXECUTE (
  SELECT coalesce('ANALYZE ' || string_agg(oid::regclass::text, ', '), 'SELECT')
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
); END $$`
/** Of a caller's; its statements come one message each. Maintenance would become part of it, or fail there. */
let inTransaction = false
let statements = 0
let nextAnalyze = 100
let lastCheckpoint = 0
let lastVacuum = 0
let nextLook = lookAtLogEvery
let idle: NodeJS.Timeout | undefined

const database = await PGlite.create({
  ...(workerData.directory && { dataDir: workerData.directory }),
  postgresqlconf: [
    'max_wal_size=64MB',
    'min_wal_size=32MB',
    'jit=off',
    'shared_buffers=32MB',
    'random_page_cost=1.1',
    'plan_cache_mode=force_generic_plan',
  ],
})

/** Waking the other thread costs as much as a statement, so requests and replies travel in arrays: all there are at a time. */
const waiting: Request[] = []
let queue: Promise<void> = Promise.resolve()
port.on('message', (requests: Request[]) => {
  if (waiting.length === 0) {
    setImmediate(() => {
      queue = queue.then(answerWaiting)
    })
  }
  waiting.push(...requests)
})
port.postMessage([{ id: 0, result: { fields: [], rows: [] } }] satisfies Reply[])

async function answerWaiting(): Promise<void> {
  const requests = waiting.splice(0)
  const replies: Reply[] = []
  for (const group of groupsOf(requests)) replies.push(...(await answerGroup(group)))
  port.postMessage(replies)
  if (requests.some((request) => 'close' in request)) port.close()
  else await maintain(requests.length)
}

/** Neighbours that may share a transaction; every other request by itself. In order. */
function groupsOf(requests: Request[]): Request[][] {
  const groups: Request[][] = []
  let last: Request[] | undefined
  for (const request of requests) {
    const groupable = 'text' in request && request.groupable
    if (groupable && last && last.length < largestGroup) last.push(request)
    else {
      groups.push([request])
      last = groupable ? groups.at(-1) : undefined
    }
  }
  return groups
}

/** One transaction for the whole group; if it fails, which undoes it, one for each, so that each has its own outcome. */
async function answerGroup(group: Request[]): Promise<Reply[]> {
  const [first] = group
  Atomics.store(progress, 0, 'text' in first! ? first.id : 0)
  const replies = await outcomesOf(group)
  Atomics.store(progress, 0, 0)
  return replies
}

async function outcomesOf(group: Request[]): Promise<Reply[]> {
  if (group.length > 1) {
    try {
      const results = await executeAll(group as (Request & Statement)[])
      return group.map(({ id }, index) => ({ id, result: results[index]! }))
    } catch {}
  }
  const replies: Reply[] = []
  for (const request of group) {
    Atomics.store(progress, 0, 'text' in request ? request.id : 0)
    replies.push(await answer(request))
  }
  return replies
}

async function answer(request: Request): Promise<Reply> {
  try {
    return { id: request.id, result: await run(request) }
  } catch (error) {
    const { message, code = 'XX000', constraint } = error as Error & { code?: string; constraint?: string }
    return { id: request.id, error: { message, code, constraint } }
  }
}

async function run(request: Request): Promise<TextResult> {
  if ('text' in request) {
    const [result] = await executeAll([request])
    if (request.text === 'BEGIN') inTransaction = true
    if (request.text === 'COMMIT' || request.text === 'ROLLBACK') inTransaction = false
    return result!
  }
  if ('script' in request) await database.exec(request.script)
  if ('close' in request) {
    clearTimeout(idle)
    await database.exec('CHECKPOINT')
    await database.close()
  }
  return { fields: [], rows: [] }
}

/** All up to one Sync message, which makes them one transaction where none is open. */
async function executeAll(statements: Statement[]): Promise<TextResult[]> {
  const plans: Plan[] = []
  for (const { text } of statements) plans.push(prepared.get(text) ?? (await prepare(text)))
  const parts = statements.flatMap(({ text, parameters }, index) => {
    const { name } = plans[index]!
    // Many statements may share the name of no name, so each is parsed where it is run.
    const parse = name === '' ? [serialize.parse({ name, text })] : []
    return [...parse, serialize.bind({ statement: name, values: parameters }), serialize.execute({})]
  })
  const results: TextResult[] = []
  let rows: (string | null)[][] = []
  for (const message of await send(...parts)) {
    if (message.name === 'dataRow') rows.push(message.fields as unknown as (string | null)[])
    else if (message.name === 'commandComplete' || message.name === 'emptyQuery') {
      results.push({ fields: plans[results.length]!.fields, rows })
      rows = []
    }
  }
  return results
}

async function prepare(text: string): Promise<Plan> {
  const name = prepared.size < preparedStatements ? `s${prepared.size}` : ''
  const described = await send(serialize.parse({ name, text }), serialize.describe({ type: 'S', name }))
  const description = described.find((message) => message.name === 'rowDescription')
  const fields = (description?.fields ?? []).map((field) => ({ name: field.name, type: field.dataTypeID }))
  if (name !== '') prepared.set(text, { name, fields })
  return { name, fields }
}

interface Message {
  name: string
  fields?: { name: string; dataTypeID: number }[] | (string | null)[]
}
type Described = Message & { fields?: { name: string; dataTypeID: number }[] }

async function send(...parts: Uint8Array[]): Promise<Described[]> {
  const reply = await database.execProtocol(Buffer.concat([...parts, serialize.sync()]))
  return reply.messages as unknown as Described[]
}

async function maintain(more: number): Promise<void> {
  statements += more
  clearTimeout(idle)
  if (inTransaction) return
  if (statements >= nextAnalyze) {
    nextAnalyze *= 4
    await database.exec(analyzeOwnTables)
  }
  if (statements >= nextLook) {
    nextLook = statements + lookAtLogEvery
    const { rows } = await database.query<{ bytes: string }>(logSinceCheckpoint)
    if (Number(rows[0]!.bytes) >= mostLog) return cleanUp(vacuumEvenIfBusy)
  }
  if (statements - lastCheckpoint >= checkpointEvery) {
    idle = setTimeout(() => {
      queue = queue.then(() => cleanUp(vacuumEvery))
    }, 1_000)
  }
}

async function cleanUp(vacuumAfter: number): Promise<void> {
  if (inTransaction) return
  if (statements - lastVacuum >= vacuumAfter) {
    lastVacuum = statements
    await database.exec('VACUUM ANALYZE')
  }
  lastCheckpoint = statements
  await database.exec('CHECKPOINT')
}
