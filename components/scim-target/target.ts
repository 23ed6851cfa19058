import type * as pulumi from '@pulumi/pulumi'

/** What a target gives out for one provisioning configuration: OAuth 2.0 client credentials (RFC 6749 §4.4). */
export interface Credentials {
  tenantUrl: pulumi.Input<string>
  tokenEndpoint: pulumi.Input<string>
  clientId: pulumi.Input<string>
  clientSecret: pulumi.Input<string>
}

/** Where people are provisioned to. */
export interface ScimTarget {
  readonly credentials: Credentials
  /** The page that shows who has arrived; not every target has one. */
  readonly adminUrl?: pulumi.Output<string>
}
