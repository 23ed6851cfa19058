import type * as pulumi from '@pulumi/pulumi'
import { AppRoleAssignments, type AppRoleAssignmentsArgs } from '../provider/sdk/index.ts'
import { Component } from './component.ts'

export type AssignmentsArgs = AppRoleAssignmentsArgs

/** Who is assigned to an application: its page Users and groups. */
export class Assignments extends Component {
  readonly principals: AppRoleAssignments['principals']
  /** What is assigned but would not be provisioned as one may expect, one sentence each. */
  readonly warnings: pulumi.Output<string[]>

  constructor(name: string, args: AssignmentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('Assignments', name, opts)
    const assignments = new AppRoleAssignments(name, args, { parent: this })
    this.principals = assignments.principals
    this.warnings = assignments.warnings
    this.registerOutputs({ principals: this.principals, warnings: this.warnings })
  }
}
