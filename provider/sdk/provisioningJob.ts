import * as pulumi from '@pulumi/pulumi'
import type {
  AccidentalDeletions,
  AdditionalMapping,
  Credentials,
  CredentialsArgs,
  LastExecution,
  Quarantine,
  ScopingFilters,
} from './types.ts'

export interface ProvisioningJobArgs {
  /** Object id of the service principal, or `/servicePrincipals/{id}`. */
  servicePrincipalId: pulumi.Input<string>
  /** Id of the synchronization template; the application's default one where not given. */
  templateId?: pulumi.Input<string | undefined>
  credentials: pulumi.Input<CredentialsArgs>
  /** `assigned` by default: users and groups assigned to the application. */
  scope?: pulumi.Input<'assigned' | 'all' | undefined>
  /** Why everybody is in scope, for those who review; Entra is not told. */
  scopeReason?: pulumi.Input<string | undefined>
  /** Who is told by mail of failures and quarantine. */
  notificationEmail?: pulumi.Input<string | undefined>
  accidentalDeletions?: pulumi.Input<AccidentalDeletions | undefined>
  /** Beside the template's own mappings, which are never rewritten. */
  additionalMappings?: pulumi.Input<pulumi.Input<AdditionalMapping>[] | undefined>
  /** A kind that is not named is left as it is. */
  scopingFilters?: pulumi.Input<ScopingFilters | undefined>
  /** Whether groups are provisioned; the template decides where not given. */
  groupMapping?: pulumi.Input<boolean | undefined>
  /** Leave accounts alone when their users fall out of scope. */
  skipOutOfScopeDeletions?: pulumi.Input<boolean | undefined>
  /** Provisioning status; `on` by default. */
  status?: pulumi.Input<'on' | 'off' | undefined>
  /** Wait until the first cycle has ended, at most an hour. */
  waitForFirstCycle?: pulumi.Input<boolean | undefined>
}

/** The provisioning of an application; the connection is tested before the job starts. */
export class ProvisioningJob extends pulumi.CustomResource {
  static readonly type = 'entrasync:index:ProvisioningJob'

  declare readonly servicePrincipalId: pulumi.Output<string>
  declare readonly templateId: pulumi.Output<string | undefined>
  declare readonly credentials: pulumi.Output<Credentials>
  declare readonly scope: pulumi.Output<'assigned' | 'all'>
  declare readonly scopeReason: pulumi.Output<string | undefined>
  declare readonly notificationEmail: pulumi.Output<string | undefined>
  declare readonly accidentalDeletions: pulumi.Output<Required<AccidentalDeletions>>
  declare readonly additionalMappings: pulumi.Output<AdditionalMapping[]>
  declare readonly scopingFilters: pulumi.Output<ScopingFilters>
  declare readonly groupMapping: pulumi.Output<boolean | undefined>
  declare readonly skipOutOfScopeDeletions: pulumi.Output<boolean>
  declare readonly status: pulumi.Output<'on' | 'off'>
  declare readonly waitForFirstCycle: pulumi.Output<boolean>
  declare readonly jobId: pulumi.Output<string>
  /** Id of the synchronization template in use. */
  declare readonly resolvedTemplateId: pulumi.Output<string>
  /** `Active` when the job runs. */
  declare readonly scheduleState: pulumi.Output<string>
  declare readonly statusCode: pulumi.Output<string>
  declare readonly quarantine: pulumi.Output<Quarantine | undefined>
  declare readonly lastExecution: pulumi.Output<LastExecution | undefined>
  /** Differences from the template's own mappings that were not asked for, as of the last refresh. */
  declare readonly mappingDrift: pulumi.Output<string[]>
  /** False for a job that was there before. */
  declare readonly created: pulumi.Output<boolean>
  declare readonly secretKeys: pulumi.Output<string[]>
  /** The saved credentials passed the test. */
  declare readonly connectionTested: pulumi.Output<boolean>

  constructor(name: string, args: ProvisioningJobArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs: Record<keyof ProvisioningJobArgs, unknown> = {
      servicePrincipalId: args.servicePrincipalId,
      templateId: args.templateId,
      credentials: withSecret(args.credentials),
      scope: args.scope,
      scopeReason: args.scopeReason,
      notificationEmail: args.notificationEmail,
      accidentalDeletions: args.accidentalDeletions,
      additionalMappings: args.additionalMappings,
      scopingFilters: args.scopingFilters,
      groupMapping: args.groupMapping,
      skipOutOfScopeDeletions: args.skipOutOfScopeDeletions,
      status: args.status,
      waitForFirstCycle: args.waitForFirstCycle,
    }
    const outputs = {
      jobId: undefined,
      resolvedTemplateId: undefined,
      scheduleState: undefined,
      statusCode: undefined,
      quarantine: undefined,
      lastExecution: undefined,
      mappingDrift: undefined,
      created: undefined,
      secretKeys: undefined,
      connectionTested: undefined,
    }
    super(ProvisioningJob.type, name, { ...outputs, ...inputs }, opts)
  }
}

/** The client secret is a secret also when it is given as plain text; the rest stays readable in diffs. */
function withSecret(credentials: pulumi.Input<CredentialsArgs>): pulumi.Input<CredentialsArgs> {
  const mark = (clear: CredentialsArgs) => ({ ...clear, clientSecret: pulumi.secret(clear.clientSecret) })
  const isLater = pulumi.Output.isInstance(credentials) || credentials instanceof Promise
  return isLater ? pulumi.secret(credentials as pulumi.Input<CredentialsArgs>) : mark(credentials as CredentialsArgs)
}
