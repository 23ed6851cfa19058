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
  /** How long access tokens live. */
  tokenMinutes: number
}

/** Microsoft's gallery asks for 60 to 360. */
export const usualTokenMinutes = 60

export const profiles = ['entra', 'strict'] as const
export type Profile = (typeof profiles)[number]

/** As the management API takes it: what is left out stays as it is. */
export const settingsChange = z.strictObject({
  profile: z.enum(profiles).optional(),
  extensions: customExtensions.optional(),
  tokenMinutes: z.int().min(60).max(360).optional(),
})
export type SettingsChange = z.infer<typeof settingsChange>

/** As stored, with what was never set. */
export function completeSettings(stored: Partial<TenantSettings>): TenantSettings {
  return { profile: 'entra', extensions: [], tokenMinutes: usualTokenMinutes, ...stored }
}
