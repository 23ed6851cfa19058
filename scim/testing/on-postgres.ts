import { describe } from '@jest/globals'
import { postgresBinaries } from './postgres-binaries.ts'

/** Tests that only a server can run: skipped where none is installed, except on continuous integration. */
export function describeOnPostgres(name: string, tests: () => void): void {
  if (postgresBinaries() || process.env.CI === 'true') describe(name, tests)
  else describe.skip(`${name} (PostgreSQL is not installed)`, tests)
}
