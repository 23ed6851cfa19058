import * as pulumi from '@pulumi/pulumi'
import { type CredentialsArgs, ScimConfiguration, type ScimConfigurationArgs } from '../../provider/sdk/index.ts'
import { Component } from '../component.ts'
import type { ScimTarget } from './target.ts'

export type LocalTargetArgs = ScimConfigurationArgs

/** A configuration of its own in the bundled SCIM service that runs on this machine. */
export class LocalTarget extends Component implements ScimTarget {
  readonly credentials: CredentialsArgs
  readonly adminUrl: pulumi.Output<string>
  readonly secretExpiresAt: pulumi.Output<string | undefined>

  constructor(name: string, args: LocalTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('LocalTarget', name, opts)
    const configuration = new ScimConfiguration(name, args, { parent: this })
    const { tenantUrl, tokenEndpoint, clientId, clientSecret } = configuration
    this.credentials = { tenantUrl, tokenEndpoint, clientId, clientSecret }
    this.secretExpiresAt = configuration.secretExpiresAt
    this.adminUrl = pulumi.output(args.apiUrl).apply((apiUrl) => new URL('/admin', apiUrl).href)
    this.registerOutputs({ tenantUrl, adminUrl: this.adminUrl })
  }
}
