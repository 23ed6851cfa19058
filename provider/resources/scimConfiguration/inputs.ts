import { z } from 'zod'
import { known, optionalText, text, url } from '../common/check.ts'

/** The licence that each provisioned user gets first. */
export type Licence = 'named' | 'concurrent' | 'readOnly'

export interface ScimConfigurationInputs {
  /** Management address of the tenant at the SCIM service. */
  apiUrl: string
  name: string
  defaultLicence: Licence
  /** Any change of it asks for a new secret. */
  rotation?: string
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
  secretId: string
}

const seats = () => known(z.int().min(0).optional())

export const scimConfigurationSchema = z.strictObject({
  apiUrl: url(),
  name: text(),
  defaultLicence: known(z.enum(['named', 'concurrent', 'readOnly']).default('named')),
  rotation: optionalText(),
  licences: known(z.strictObject({ named: seats(), concurrent: seats(), readOnly: seats() }).optional()),
  audience: optionalText(),
})
