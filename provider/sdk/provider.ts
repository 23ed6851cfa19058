import * as pulumi from '@pulumi/pulumi'

export interface ProviderArgs {
  /** Id or verified domain of the Entra tenant; `ARM_TENANT_ID` by default. It never changes once objects were made. */
  tenantId?: pulumi.Input<string | undefined>
}

/** `entrasync` towards one tenant; credentials come from the environment. */
export class Provider extends pulumi.ProviderResource {
  static readonly package = 'entrasync'

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super(Provider.package, name, { tenantId: args.tenantId }, opts)
  }
}
