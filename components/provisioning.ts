import type * as pulumi from '@pulumi/pulumi'
import { ProvisioningJob, type ProvisioningJobArgs } from '../provider/sdk/index.ts'
import { Component } from './component.ts'

export type ProvisioningArgs = ProvisioningJobArgs

/** Provisioning of an application, set up, tested and switched on: the application's page Provisioning. */
export class Provisioning extends Component {
  readonly jobId: pulumi.Output<string>
  readonly templateId: pulumi.Output<string>
  readonly status: ProvisioningJob['statusCode']
  readonly quarantine: ProvisioningJob['quarantine']

  constructor(name: string, args: ProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super('Provisioning', name, opts)
    // A component's own dependsOn does not hold back its children.
    const job = new ProvisioningJob(name, args, { parent: this, dependsOn: opts?.dependsOn })
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
