import type * as pulumi from '@pulumi/pulumi'
import type { CredentialsArgs } from '../../provider/sdk/index.ts'
import { Component } from '../component.ts'
import type { ScimTarget } from './target.ts'

export type ExternalTargetArgs = CredentialsArgs

/** A configuration that was made elsewhere, such as in M-Files Manage. */
export class ExternalTarget extends Component implements ScimTarget {
  readonly credentials: CredentialsArgs

  constructor(name: string, args: ExternalTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ExternalTarget', name, opts)
    this.credentials = args
    this.registerOutputs({ tenantUrl: args.tenantUrl })
  }
}
