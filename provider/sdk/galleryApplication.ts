import * as pulumi from '@pulumi/pulumi'
import type { AppRole } from './types.ts'

export interface GalleryApplicationArgs {
  /** Name or id of the application in the gallery. */
  template: pulumi.Input<string>
  /** Name in the tenant; the gallery's name by default. */
  displayName?: pulumi.Input<string | undefined>
  /** Whether only assigned users can use the application; true by default. */
  assignmentRequired?: pulumi.Input<boolean | undefined>
  /** Hide the application from users' start pages. */
  hidden?: pulumi.Input<boolean | undefined>
  notes?: pulumi.Input<string | undefined>
  /** Object ids or user principal names; other owners are left as they are. */
  owners?: pulumi.Input<pulumi.Input<string>[] | undefined>
  /** Manage an application of that template and name that is already there; it is never deleted from here. */
  adoptExisting?: pulumi.Input<boolean | undefined>
  /** Remove the application from the deleted items too, for good. */
  purgeOnDelete?: pulumi.Input<boolean | undefined>
}

/** An application from the Entra gallery, with its service principal. */
export class GalleryApplication extends pulumi.CustomResource {
  static readonly type = 'entrasync:index:GalleryApplication'

  declare readonly template: pulumi.Output<string>
  declare readonly displayName: pulumi.Output<string>
  declare readonly assignmentRequired: pulumi.Output<boolean>
  declare readonly hidden: pulumi.Output<boolean>
  declare readonly notes: pulumi.Output<string | undefined>
  declare readonly owners: pulumi.Output<string[] | undefined>
  declare readonly adoptExisting: pulumi.Output<boolean>
  declare readonly purgeOnDelete: pulumi.Output<boolean>
  /** Id of the gallery application. */
  declare readonly templateId: pulumi.Output<string>
  declare readonly applicationObjectId: pulumi.Output<string>
  /** What the portal calls Application ID. */
  declare readonly clientId: pulumi.Output<string>
  declare readonly servicePrincipalId: pulumi.Output<string>
  declare readonly appRoles: pulumi.Output<AppRole[]>
  /** False for an application that was there before. */
  declare readonly created: pulumi.Output<boolean>

  constructor(name: string, args: GalleryApplicationArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs: Record<keyof GalleryApplicationArgs, unknown> = {
      template: args.template,
      displayName: args.displayName,
      assignmentRequired: args.assignmentRequired,
      hidden: args.hidden,
      notes: args.notes,
      owners: args.owners,
      adoptExisting: args.adoptExisting,
      purgeOnDelete: args.purgeOnDelete,
    }
    const outputs = {
      templateId: undefined,
      applicationObjectId: undefined,
      clientId: undefined,
      servicePrincipalId: undefined,
      appRoles: undefined,
      created: undefined,
    }
    super(GalleryApplication.type, name, { ...outputs, ...inputs }, opts)
  }
}
