import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Database } from '../storage/database.ts'
import { migrate } from '../storage/migrate.ts'
import { exportTenant } from './export.ts'
import { importTenant } from './import.ts'

export const transfers = ['export', 'import'] as const
export type Transfer = (typeof transfers)[number]

/**
 * `export` writes a tenant's file to standard output, `import` reads one from standard input, for the tenant named in it unless
 * another name is given; both tell the rows on standard error.
 */
export async function transfer(command: Transfer, database: Database, tenant: string | undefined): Promise<void> {
  await migrate(database)
  const counts =
    command === 'export'
      ? await exportTenant(database, tenant ?? 'default', writeLine)
      : await importTenant(database, inputLines(), tenant)
  const told = Object.entries(counts).map(([table, count]) => `${count} ${table}`)
  console.error(`${command}ed: ${told.join(', ')}`)
}

/** Made when the first is asked for: lines that arrive before are lost. */
async function* inputLines(): AsyncGenerator<string> {
  yield* createInterface({ input: process.stdin })
}

async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain')
}
