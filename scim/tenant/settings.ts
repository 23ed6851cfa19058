import { z } from 'zod'
import { type CustomExtension, customExtensions } from '../schema/custom.ts'

/**
 * What an administrator decides for one tenant, other than its licences.
 * `profile`: `entra` takes what identity providers send beside the standard, `strict` holds to the RFCs; the differences are
 * listed in the documentation. `extensions`: schemas beside the ones that ship.
 */
export interface TenantSettings {
  profile: Profile
  extensions: CustomExtension[]
  /** What one replica takes of it, and how much at once; null is what is usual at the service. */
  requestsPerSecond: number | null
  burst: number | null
  /** How long access tokens live. */
  tokenMinutes: number
}

/** Microsoft's gallery asks for 60 to 360. */
export const usualTokenMinutes = 60

export const profiles = ['entra', 'strict'] as const
export type Profile = (typeof profiles)[number]

const rate = z.int().min(1).max(1_000_000).nullable().optional()

/** As the management API takes it: what is left out stays as it is. */
export const settingsChange = z.strictObject({
  profile: z.enum(profiles).optional(),
  extensions: customExtensions.optional(),
  requestsPerSecond: rate,
  burst: rate,
  tokenMinutes: z.int().min(60).max(360).optional(),
})
export type SettingsChange = z.infer<typeof settingsChange>

/** As stored, with what was never set. */
export function completeSettings(stored: Partial<TenantSettings>): TenantSettings {
  return {
    profile: 'entra',
    extensions: [],
    requestsPerSecond: null,
    burst: null,
    tokenMinutes: usualTokenMinutes,
    ...stored,
  }
}
