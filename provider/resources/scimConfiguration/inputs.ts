import { z } from 'zod'
import { known, optionalText, text, url } from '../common/check.ts'

/** The licence that each provisioned user gets first. */
export type Licence = 'named' | 'concurrent' | 'readOnly'

/** A text any change of which asks for a new secret, or the age at which a secret is replaced: `90d`. */
export type Rotation = string | { every: string }

export interface ScimConfigurationInputs {
  /** Management address of the tenant at the SCIM service. */
  apiUrl: string
  name: string
  defaultLicence: Licence
  rotation?: Rotation
  /** Seats of the tenant's pool; left as it is where not given. */
  licences?: Partial<Record<Licence, number>>
  /** Application id URI of the service's own Entra application. */
  audience?: string
}

export interface ScimConfigurationOutputs {
  configurationId: string
  tenantUrl: string
  tokenEndpoint: string
  clientId: string
  clientSecret: string
  /** Empty when it is no longer valid. */
  secretId: string
  /** As the service has recorded them, ISO 8601; null when the secret is no longer valid. */
  secretCreatedAt: string | null
  secretExpiresAt: string | null
  /** The secret before, while it is valid. */
  previousSecretId: string | null
  /** From when on an update looks whether it can be ended, ISO 8601. */
  retireFrom: string | null
}

const seats = () => known(z.int().min(0).optional())

const rotation = z.union(
  [z.string(), z.strictObject({ every: known(z.string().regex(/^([1-9]\d?|[1-6]\d\d|7[0-2]\d|730)d$/)) })],
  { error: 'must be a text, or { every: "90d" }: whole days, from 1d to 730d' },
)

export const scimConfigurationSchema = z.strictObject({
  apiUrl: url(),
  name: text(),
  defaultLicence: known(z.enum(['named', 'concurrent', 'readOnly']).default('named')),
  rotation: known(rotation.optional()),
  licences: known(z.strictObject({ named: seats(), concurrent: seats(), readOnly: seats() }).optional()),
  audience: optionalText(),
})
