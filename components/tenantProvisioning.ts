import * as pulumi from '@pulumi/pulumi'
import { Assignments, type AssignmentsArgs } from './assignments.ts'
import { Component } from './component.ts'
import { GalleryApp, type GalleryAppArgs } from './galleryApp.ts'
import { Provisioning, type ProvisioningArgs } from './provisioning.ts'
import type { ScimTarget } from './scim-target/target.ts'

export interface TenantProvisioningArgs {
  /** The application to make, or the service principal of one that is there. */
  application: GalleryAppArgs | { servicePrincipalId: pulumi.Input<string> }
  target: ScimTarget
  /** Without it, who is assigned is left to others. */
  assignments?: Omit<AssignmentsArgs, 'servicePrincipalId'>
  provisioning?: Omit<ProvisioningArgs, 'servicePrincipalId' | 'credentials'>
}

/** Everything that provisions one application's users from one tenant. */
export class TenantProvisioning extends Component {
  /** Undefined where the service principal was given. */
  readonly app: GalleryApp | undefined
  readonly servicePrincipalId: pulumi.Output<string>
  readonly assignments: Assignments | undefined
  readonly provisioning: Provisioning

  constructor(name: string, args: TenantProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super('TenantProvisioning', name, opts)
    const { application, target } = args
    if ('servicePrincipalId' in application) {
      this.servicePrincipalId = pulumi.output(application.servicePrincipalId)
    } else {
      this.app = new GalleryApp(`${name}-app`, application, { parent: this })
      this.servicePrincipalId = this.app.servicePrincipalId
    }
    const { servicePrincipalId } = this
    this.assignments =
      args.assignments &&
      new Assignments(`${name}-assignments`, { ...args.assignments, servicePrincipalId }, { parent: this })
    this.provisioning = new Provisioning(
      `${name}-provisioning`,
      { ...args.provisioning, servicePrincipalId, credentials: target.credentials },
      // The first cycle should see everybody: who is assigned after its start waits for the next one.
      { parent: this, dependsOn: this.assignments ? [this.assignments] : [] },
    )
    this.registerOutputs({ servicePrincipalId, jobId: this.provisioning.jobId })
  }
}
