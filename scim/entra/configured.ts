import { type Settings, takesToken } from '../settings.ts'
import type { Database } from '../storage/database.ts'
import { dataKey } from './data-key.ts'
import type { EntraOptions } from './entra.ts'
import { openIdentity } from './identity.ts'
import { openVaultKey } from './key-vault.ts'

/** What the service signs in by, and what signs in to it, in place of secrets. */
export interface Configured {
  entra: EntraOptions | undefined
  /** What the service encrypts and signs by; undefined: the admin token. */
  key: string | ((database: Database) => Promise<string>) | undefined
  /** Of the database, asked for each connection; undefined: the one in its URL. */
  password: (() => Promise<string>) | undefined
}

/** Azure Database for PostgreSQL takes a token of Entra ID for a password. */
const databaseAudience = 'https://ossrdbms-aad.database.windows.net'

/** Of settings that do not contradict each other. Nothing is asked of anybody yet. */
export function configured(settings: Settings): Configured {
  const { entraTenant: tenant, entraClientId: clientId, entraLogin: login, keyVaultKey, key, database } = settings
  if (!settings.identity) return { entra: undefined, key, password: undefined }
  const identity = openIdentity(settings.identity)
  return {
    entra: tenant && clientId ? { tenant, clientId, login, identity } : undefined,
    key: keyVaultKey ? (opened) => dataKey(opened, openVaultKey(keyVaultKey, identity)) : key,
    password: database && takesToken(database) ? () => identity.token(databaseAudience) : undefined,
  }
}
