import type * as pulumi from '@pulumi/pulumi'
import { GalleryApplication, type GalleryApplicationArgs } from '../provider/sdk/index.ts'
import { Component } from './component.ts'

export type GalleryAppArgs = GalleryApplicationArgs

/** An application from the Entra gallery with its service principal: Enterprise applications > New application. */
export class GalleryApp extends Component {
  readonly displayName: pulumi.Output<string>
  /** The application's client id, which the portal calls Application ID. */
  readonly clientId: pulumi.Output<string>
  readonly servicePrincipalId: pulumi.Output<string>

  constructor(name: string, args: GalleryAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super('GalleryApp', name, opts)
    const application = new GalleryApplication(name, args, { parent: this })
    this.displayName = application.displayName
    this.clientId = application.clientId
    this.servicePrincipalId = application.servicePrincipalId
    this.registerOutputs({
      displayName: this.displayName,
      clientId: this.clientId,
      servicePrincipalId: this.servicePrincipalId,
    })
  }
}
