import { IdentityUnavailable } from './entra/identity.ts'
import { VaultError } from './entra/key-vault.ts'
import { UsageError } from './options.ts'
import { DatabaseError } from './storage/database.ts'
import { DirectoryInUse } from './storage/lock.ts'
import { TooNewDatabase } from './storage/migrate.ts'
import { TransferError } from './transfer/format.ts'

/** Their messages say all. */
const expected = [UsageError, DirectoryInUse, TransferError, TooNewDatabase, IdentityUnavailable, VaultError]

/** Why the program ends, for who started it; with a stack only where nobody has thought of the reason. */
export function explain(error: unknown): string {
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message
  if (error instanceof DatabaseError) return ofDatabase(error)
  const { code, message, stack, address, port, path } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is in use by another program. Name another with --port, or 0 for any free one.`
  if (code === 'EACCES' && port) return `Port ${port} may not be opened by this user. Name one above 1023 with --port.`
  if (path) return `${message}. Check the directory of --data, and the files that the database URL names.`
  return stack ?? message
}

/** By classes of SQLSTATE: 08 connection, 28 authorization, 3D no such database. */
function ofDatabase({ code, message, stack }: DatabaseError): string {
  if (code.startsWith('08')) return `The database cannot be reached: ${message}`
  if (/^(28|3D)/.test(code))
    return `The database refuses the service: ${message}. Check user, password and name in ENTRADA_SCIM_DATABASE.`
  return stack ?? message
}
