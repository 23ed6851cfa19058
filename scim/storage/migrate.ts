import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { brokenConstraint, type Database } from './database.ts'

/** Applied once each, in this order. */
const migrations = ['schema.sql']
/** Only functions, so applied again whenever its text changes. */
const functions = 'functions.sql'

/** Brings the database to the state this version needs. Safe to run from several replicas at once. */
export async function migrate(database: Database): Promise<void> {
  await database.script(
    'SELECT pg_advisory_xact_lock(726); CREATE TABLE IF NOT EXISTS applied (name text PRIMARY KEY, hash text NOT NULL);',
  )
  const applied = await database.query<{ name: string; hash: string }>('SELECT name, hash FROM applied')
  for (const name of [...migrations, functions]) {
    const text = await readFile(new URL(name, import.meta.url), 'utf8')
    const hash = createHash('sha256').update(text).digest('hex')
    const before = applied.find((row) => row.name === name)
    if (before && (name !== functions || before.hash === hash)) continue
    const once = name === functions ? '' : `INSERT INTO applied VALUES ('${name}', '${hash}');`
    const record = `INSERT INTO applied VALUES ('${name}', '${hash}') ON CONFLICT (name) DO UPDATE SET hash = excluded.hash;`
    try {
      await database.script(`SELECT pg_advisory_xact_lock(726);\n${once}\n${text}\n${record}`)
    } catch (error) {
      const byAnotherReplica = brokenConstraint(error) === 'applied_pkey'
      if (!byAnotherReplica) throw error
    }
  }
}
