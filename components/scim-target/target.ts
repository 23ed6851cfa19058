import type * as pulumi from '@pulumi/pulumi'
import type { CredentialsArgs } from '../../provider/sdk/index.ts'

/** Where people are provisioned to. */
export interface ScimTarget {
  /** What the target gives out for one provisioning configuration. */
  readonly credentials: CredentialsArgs
  /** The page that shows who has arrived; not every target has one. */
  readonly adminUrl?: pulumi.Output<string>
  /** When the client secret ends, ISO 8601, where that is known. */
  readonly secretExpiresAt?: pulumi.Output<string | undefined>
  /** What else the stack shows of it. */
  readonly details?: Record<string, pulumi.Input<unknown>>
}
