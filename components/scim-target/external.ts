import type * as pulumi from '@pulumi/pulumi'
import { Component } from '../component.ts'
import type { Credentials, ScimTarget } from './target.ts'

export type ExternalTargetArgs = Credentials

/** A configuration that was made elsewhere, such as in M-Files Manage. */
export class ExternalTarget extends Component implements ScimTarget {
  readonly credentials: Credentials

  constructor(name: string, args: ExternalTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ExternalTarget', name, opts)
    this.credentials = args
    this.registerOutputs({ tenantUrl: args.tenantUrl })
  }
}
