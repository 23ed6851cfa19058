import type { Settings } from '../settings.ts'
import type { Clock } from '../tenant/store.ts'
import type { Tenant } from '../tenant/tenant.ts'
import type { Replays } from './assertion/replays.ts'
import type { SigningKey } from './keys.ts'
import type { Codes } from './signIn/codes.ts'

/** What tokens are issued from. */
export interface TokenIssuer {
  tenant: Tenant
  key: SigningKey
  settings: Settings
  /** Secrets expire by it; tokens keep to the real time. */
  clock: Clock
  /** Where login and Graph are served. */
  url(): string
  replays: Replays
  codes: Codes
}
