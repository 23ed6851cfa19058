import * as pulumi from '@pulumi/pulumi'
import { ProvisioningJob, type ProvisioningJobArgs } from '../provider/sdk/index.ts'
import { Component } from './component.ts'
import type { Credentials } from './scim-target/target.ts'

export type ProvisioningArgs = Omit<ProvisioningJobArgs, 'credentials'> & { credentials: Credentials }

/** Provisioning of an application, set up, tested and switched on: the application's page Provisioning. */
export class Provisioning extends Component {
  readonly jobId: pulumi.Output<string>
  readonly templateId: pulumi.Output<string>
  readonly status: ProvisioningJob['statusCode']
  readonly quarantine: ProvisioningJob['quarantine']

  constructor(name: string, args: ProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super('Provisioning', name, opts)
    const clientSecret = pulumi.secret(args.credentials.clientSecret)
    const job = new ProvisioningJob(
      name,
      { ...args, credentials: { ...args.credentials, clientSecret } },
      // A component's own dependsOn does not hold back its children.
      { parent: this, dependsOn: opts?.dependsOn },
    )
    this.jobId = job.jobId
    this.templateId = job.resolvedTemplateId
    this.status = job.statusCode
    this.quarantine = job.quarantine
    this.registerOutputs({
      jobId: this.jobId,
      templateId: this.templateId,
      status: this.status,
      quarantine: this.quarantine,
    })
  }
}
