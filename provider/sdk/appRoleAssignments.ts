import * as pulumi from '@pulumi/pulumi'
import type { AssignedPrincipal } from './types.ts'

export interface AppRoleAssignmentsArgs {
  /** Object id of the service principal, or `/servicePrincipals/{id}`. */
  servicePrincipalId: pulumi.Input<string>
  /** Display names or object ids. */
  groups?: pulumi.Input<pulumi.Input<string>[] | undefined>
  /** User principal names or object ids. */
  users?: pulumi.Input<pulumi.Input<string>[] | undefined>
  /** Name, value or id of the role; the application's user role by default. */
  role?: pulumi.Input<string | undefined>
  /** Remove all other users and groups. */
  exclusive?: pulumi.Input<boolean | undefined>
}

/** Who is assigned to an application: all its users and groups in one resource. */
export class AppRoleAssignments extends pulumi.CustomResource {
  static readonly type = 'entrasync:index:AppRoleAssignments'

  declare readonly servicePrincipalId: pulumi.Output<string>
  declare readonly groups: pulumi.Output<string[]>
  declare readonly users: pulumi.Output<string[]>
  declare readonly role: pulumi.Output<string | undefined>
  declare readonly exclusive: pulumi.Output<boolean>
  declare readonly appRoleId: pulumi.Output<string>
  declare readonly principals: pulumi.Output<AssignedPrincipal[]>
  /** What is assigned but would not be provisioned as one may expect, one sentence each. */
  declare readonly warnings: pulumi.Output<string[]>

  constructor(name: string, args: AppRoleAssignmentsArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs: Record<keyof AppRoleAssignmentsArgs, unknown> = {
      servicePrincipalId: args.servicePrincipalId,
      groups: args.groups,
      users: args.users,
      role: args.role,
      exclusive: args.exclusive,
    }
    const outputs = { appRoleId: undefined, principals: undefined, warnings: undefined }
    super(AppRoleAssignments.type, name, { ...outputs, ...inputs }, opts)
  }
}
