/** PGlite runs on the thread that calls it, so it has a thread of its own: a long statement does not stop HTTP. */

import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, protocol } from '@electric-sql/pglite'
import { preparedStatements } from './database.ts'
import type { TextResult } from './wire.ts'

export type Request = { id: number } & (
  | { text: string; parameters: (string | null)[] }
  | { script: string }
  | { close: true }
)
export type Reply = { id: number } & (
  | { result: TextResult }
  | { error: { message: string; code: string; constraint?: string } }
)

const { serialize } = protocol
const port = parentPort!
const prepared = new Map<string, { name: string; fields: TextResult['fields'] }>()

/**
 * Without background workers nothing else bounds the log and the dead rows, or tells the planner that tables have grown: plans
 * made while they were empty would go on to read them whole.
 */
const checkpointEvery = 5_000
const vacuumEvery = 50_000
let statements = 0
let nextAnalyze = 100
let lastCheckpoint = 0
let lastVacuum = 0
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
let queue: Promise<void> = Promise.resolve()
port.on('message', (request: Request) => {
  queue = queue.then(() => answer(request))
})
port.postMessage({ id: 0, result: { fields: [], rows: [] } } satisfies Reply)

async function answer(request: Request): Promise<void> {
  try {
    const result = await run(request)
    port.postMessage({ id: request.id, result } satisfies Reply)
    if ('close' in request) port.close()
    else await maintain()
  } catch (error) {
    const { message, code = 'XX000', constraint } = error as Error & { code?: string; constraint?: string }
    port.postMessage({ id: request.id, error: { message, code, constraint } } satisfies Reply)
  }
}

async function run(request: Request): Promise<TextResult> {
  if ('text' in request) return await execute(request.text, request.parameters)
  if ('script' in request) await database.exec(request.script)
  if ('close' in request) {
    clearTimeout(idle)
    await database.exec('CHECKPOINT')
    await database.close()
  }
  return { fields: [], rows: [] }
}

async function execute(text: string, parameters: (string | null)[]): Promise<TextResult> {
  const known = prepared.get(text)
  if (known) {
    const messages = await send(serialize.bind({ statement: known.name, values: parameters }), serialize.execute({}))
    return { fields: known.fields, rows: rowsOf(messages) }
  }
  const name = prepared.size < preparedStatements ? `s${prepared.size}` : ''
  const described = await send(serialize.parse({ name, text }), serialize.describe({ type: 'S', name }))
  const description = described.find((message) => message.name === 'rowDescription')
  const fields = (description?.fields ?? []).map((field) => ({ name: field.name, type: field.dataTypeID }))
  if (name !== '') prepared.set(text, { name, fields })
  return {
    fields,
    rows: rowsOf(await send(serialize.bind({ statement: name, values: parameters }), serialize.execute({}))),
  }
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

function rowsOf(messages: Message[]): (string | null)[][] {
  return messages.filter((message) => message.name === 'dataRow').map((message) => message.fields as (string | null)[])
}

async function maintain(): Promise<void> {
  statements++
  if (statements >= nextAnalyze) {
    nextAnalyze *= 4
    await database.exec('ANALYZE')
  }
  clearTimeout(idle)
  if (statements - lastCheckpoint >= checkpointEvery) {
    idle = setTimeout(() => {
      queue = queue.then(cleanUp)
    }, 1_000)
  }
}

async function cleanUp(): Promise<void> {
  if (statements - lastVacuum >= vacuumEvery) {
    lastVacuum = statements
    await database.exec('VACUUM ANALYZE')
  }
  lastCheckpoint = statements
  await database.exec('CHECKPOINT')
}
