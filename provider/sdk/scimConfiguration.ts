import * as pulumi from '@pulumi/pulumi'
import type { Licence, Licences, Rotation } from './types.ts'

export interface ScimConfigurationArgs {
  /** Management address of the tenant at the SCIM service. */
  apiUrl: pulumi.Input<string>
  /** Unique in the tenant. */
  name: pulumi.Input<string>
  /** What each provisioned user gets first; `named` by default. */
  defaultLicence?: pulumi.Input<Licence | undefined>
  /** When the secret is replaced; the old one stays valid until the new one has taken over. */
  rotation?: pulumi.Input<Rotation | undefined>
  /** Seats of the tenant's pool; left as they are where not given. */
  licences?: pulumi.Input<Licences | undefined>
  /** Application id URI of the service's Entra application, where management calls carry a token from Entra. */
  audience?: pulumi.Input<string | undefined>
}

/** A provisioning configuration at the bundled SCIM service. */
export class ScimConfiguration extends pulumi.CustomResource {
  static readonly type = 'entrasync:index:ScimConfiguration'

  declare readonly apiUrl: pulumi.Output<string>
  declare readonly name: pulumi.Output<string>
  declare readonly defaultLicence: pulumi.Output<Licence>
  declare readonly rotation: pulumi.Output<Rotation | undefined>
  declare readonly licences: pulumi.Output<Licences | undefined>
  declare readonly audience: pulumi.Output<string | undefined>
  declare readonly configurationId: pulumi.Output<string>
  declare readonly tenantUrl: pulumi.Output<string>
  declare readonly tokenEndpoint: pulumi.Output<string>
  declare readonly clientId: pulumi.Output<string>
  declare readonly clientSecret: pulumi.Output<string>
  /** Id of the secret that is handed out; empty when it is no longer valid. */
  declare readonly secretId: pulumi.Output<string>
  /** ISO 8601, as are the times below. */
  declare readonly secretCreatedAt: pulumi.Output<string | undefined>
  declare readonly secretExpiresAt: pulumi.Output<string | undefined>
  /** The secret before, while it is valid. */
  declare readonly previousSecretId: pulumi.Output<string | undefined>
  /** From when on an update looks whether the previous secret can be ended. */
  declare readonly retireFrom: pulumi.Output<string | undefined>

  constructor(name: string, args: ScimConfigurationArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs: Record<keyof ScimConfigurationArgs, unknown> = {
      apiUrl: args.apiUrl,
      name: args.name,
      defaultLicence: args.defaultLicence,
      rotation: args.rotation,
      licences: args.licences,
      audience: args.audience,
    }
    const outputs = {
      configurationId: undefined,
      tenantUrl: undefined,
      tokenEndpoint: undefined,
      clientId: undefined,
      clientSecret: undefined,
      secretId: undefined,
      secretCreatedAt: undefined,
      secretExpiresAt: undefined,
      previousSecretId: undefined,
      retireFrom: undefined,
    }
    const options = pulumi.mergeOptions({ additionalSecretOutputs: ['clientSecret'] }, opts ?? {})
    super(ScimConfiguration.type, name, { ...outputs, ...inputs }, options)
  }
}
