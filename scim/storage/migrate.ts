import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { brokenConstraint, type Database } from './database.ts'

/** Applied once each, in the order of their names. A file that a release has shipped does not change any more. */
const migrations = new URL('migrations/', import.meta.url)
/**
 * Applied again, all together, whenever their text changes. One whose result changes needs a new name, one whose arguments
 * change gets a second form: replicas of the version before call it until the last of them is gone.
 */
const functions = new URL('functions/', import.meta.url)

/** Brings the database to the state this version needs. Safe to run from several replicas at once. */
export async function migrate(database: Database): Promise<void> {
  await database.script(
    'SELECT pg_advisory_xact_lock(726); CREATE TABLE IF NOT EXISTS applied (name text PRIMARY KEY, hash text NOT NULL);',
  )
  const rows = await database.query<{ name: string; hash: string }>('SELECT name, hash FROM applied')
  const applied = new Map(rows.map(({ name, hash }) => [name, hash]))
  for (const [name, text] of await filesOf(migrations)) {
    if (applied.has(name) || (name === '001-tables.sql' && applied.has('schema.sql'))) continue
    await apply(database, text, `INSERT INTO applied VALUES ('${name}', '${hashOf(text)}');`)
  }
  const text = (await filesOf(functions)).map(([, each]) => each).join('\n')
  if (applied.get('functions') === hashOf(text)) return
  const record = `INSERT INTO applied VALUES ('functions', '${hashOf(text)}') ON CONFLICT (name) DO UPDATE SET hash = excluded.hash;`
  await apply(database, text, record)
}

/** The record comes first, so that of two replicas the later one fails before it changes anything. */
async function apply(database: Database, text: string, record: string): Promise<void> {
  try {
    await database.script(`SELECT pg_advisory_xact_lock(726);\n${record}\n${text}`)
  } catch (error) {
    const byAnotherReplica = brokenConstraint(error) === 'applied_pkey'
    if (!byAnotherReplica) throw error
  }
}

async function filesOf(directory: URL): Promise<[name: string, text: string][]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(new URL(name, directory), 'utf8')]),
  )
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
