import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { brokenConstraint, type Database } from './database.ts'

/**
 * Applied once each, in the order of their names. A file that a release has shipped does not change any more. Replicas of the
 * version before go on with the changed database until the last of them is gone; a file that they cannot go on with begins with
 * `-- breaking`, and from then on they refuse to start.
 */
const migrations = new URL('migrations/', import.meta.url)
/**
 * Applied again, all together, whenever their text changes. One whose result changes needs a new name, one whose arguments
 * change gets a second form: replicas of the version before call it until the last of them is gone.
 */
const functions = new URL('functions/', import.meta.url)
/** To be raised with each change of the functions: a replica of the version before that starts again must not put its own back. */
export const functionsVersion = 2

/** The database was changed by a later version in a way that this one cannot work with. */
export class TooNewDatabase extends Error {}

/**
 * Brings the database to the state this version needs, and gives the names of what was applied. Safe to run from several replicas
 * at once: each step is taken once, and the others wait for it. A database that a later version has migrated is left as it is.
 * Throws `TooNewDatabase` where that version has said that this one cannot go on.
 */
export async function migrate(database: Database): Promise<string[]> {
  const applied = await appliedTo(database)
  const files = await filesOf(migrations)
  refuseBreaking(applied, new Set(files.map(([name]) => name)))
  const done: string[] = []
  for (const [name, text] of files) {
    if (applied.has(name) || (name === '001-tables.sql' && applied.has('schema.sql'))) continue
    const mark = text.startsWith('-- breaking') ? 'breaking ' : ''
    const record = `INSERT INTO applied VALUES ('${name}', '${mark}${hashOf(text)}');`
    if (await apply(database, text, record)) done.push(name)
  }
  const text = await functionsText()
  const stamp = `${functionsVersion} ${hashOf(text)}`
  const stored = applied.get('functions') ?? ''
  if (stored === stamp || versionIn(stored) > functionsVersion) return done
  // One of a later version stays, and the insertion then fails.
  const record = `DELETE FROM applied WHERE name = 'functions'
      AND coalesce(substring(hash from '^(\\d+) ')::int, 0) <= ${functionsVersion};
    INSERT INTO applied VALUES ('functions', '${stamp}');`
  if (await apply(database, text, record)) done.push('functions')
  return done
}

export const functionsText = async (): Promise<string> => (await filesOf(functions)).map(([, each]) => each).join('\n')

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Earlier versions stored the hash alone. */
const versionIn = (stamp: string): number => Number(/^(\d+) /.exec(stamp)?.[1] ?? 0)

/** Asks before it makes the table: once it is there, nothing has to be locked, and the service may be a role that makes no tables. */
async function appliedTo(database: Database): Promise<Map<string, string>> {
  const [found] = await database.query<{ there: boolean }>(`SELECT to_regclass('applied') IS NOT NULL AS there`)
  if (!found!.there) {
    await database.script(
      'SELECT pg_advisory_xact_lock(726); CREATE TABLE IF NOT EXISTS applied (name text PRIMARY KEY, hash text NOT NULL);',
    )
  }
  const rows = await database.query<{ name: string; hash: string }>('SELECT name, hash FROM applied')
  return new Map(rows.map(({ name, hash }) => [name, hash]))
}

function refuseBreaking(applied: Map<string, string>, known: Set<string>): void {
  const breaking = [...applied].filter(([name, hash]) => !known.has(name) && hash.startsWith('breaking '))
  if (breaking.length === 0) return
  throw new TooNewDatabase(
    `A later version of the service has changed the database in a way that this version cannot work with: ${breaking.map(([name]) => name).join(', ')}. Start that version or a later one.`,
  )
}

/** The record comes first, so that of two replicas the later one fails before it changes anything. False: it was the later one. */
async function apply(database: Database, text: string, record: string): Promise<boolean> {
  try {
    await database.script(`SELECT pg_advisory_xact_lock(726);\n${record}\n${text}`)
    return true
  } catch (error) {
    if (brokenConstraint(error) === 'applied_pkey') return false
    throw error
  }
}

async function filesOf(directory: URL): Promise<[name: string, text: string][]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(new URL(name, directory), 'utf8')]),
  )
}
