import { Application } from '@pulumi/azuread/application.js'
import { ApplicationFederatedIdentityCredential } from '@pulumi/azuread/applicationFederatedIdentityCredential.js'
import { AppRoleAssignment } from '@pulumi/azuread/appRoleAssignment.js'
import { type GetServicePrincipalResult, getServicePrincipal } from '@pulumi/azuread/getServicePrincipal.js'
import { ServicePrincipal } from '@pulumi/azuread/servicePrincipal.js'
import * as pulumi from '@pulumi/pulumi'
import { Component } from './component.ts'
import type { FederatedCredential } from './federation.ts'

export interface AutomationIdentityArgs {
  displayName: string
  /** Application permissions of Microsoft Graph, such as `User.Read.All`. */
  permissions: readonly string[]
  credentials: readonly FederatedCredential[]
  /** Whom the tokens of `credentials` are for; each cloud has its own. */
  audience: string
  /**
   * Set for an application that other tenants let in: where their administrators land after they have consented. The
   * permissions are then granted by consent in each of them, and not in its own tenant.
   */
  consentRedirectUri?: string
}

/** Microsoft Graph's own application, the same in every tenant. */
const GRAPH = '00000003-0000-0000-c000-000000000000'

/** What a pipeline signs in as, without a secret: an application that trusts the pipeline's tokens, and what it may do. */
export class AutomationIdentity extends Component {
  readonly clientId: pulumi.Output<string>
  /** Object id of the service principal in its own tenant. */
  readonly principalId: pulumi.Output<string>

  /**
   * Looks up what Graph calls the permissions first.
   *
   * @throws pulumi.RunError naming all permissions that Graph does not have
   */
  static async create(
    name: string,
    args: AutomationIdentityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ): Promise<AutomationIdentity> {
    const graph = await getServicePrincipal({ clientId: GRAPH }, opts)
    const missing = args.permissions.filter((permission) => !(permission in graph.appRoleIds))
    if (missing.length > 0)
      throw new pulumi.RunError(`Microsoft Graph has no application permission ${missing.join(', ')} in this cloud`)
    return new AutomationIdentity(name, args, graph, opts)
  }

  private constructor(
    name: string,
    args: AutomationIdentityArgs,
    graph: GetServicePrincipalResult,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('AutomationIdentity', name, opts)
    const { displayName, permissions, consentRedirectUri } = args
    const parent = { parent: this }
    const roles = permissions.map((permission) => ({ permission, id: graph.appRoleIds[permission]! }))
    const application = new Application(
      name,
      {
        displayName,
        preventDuplicateNames: true,
        // It gets no owners: whoever owned it could add a credential and act as it.
        signInAudience: consentRedirectUri === undefined ? 'AzureADMyOrg' : 'AzureADMultipleOrgs',
        requiredResourceAccesses: [
          { resourceAppId: GRAPH, resourceAccesses: roles.map(({ id }) => ({ id, type: 'Role' })) },
        ],
        ...(consentRedirectUri !== undefined && { web: { redirectUris: [consentRedirectUri] } }),
      },
      parent,
    )
    const principal = new ServicePrincipal(name, { clientId: application.clientId }, parent)
    for (const { name: displayName, issuer, subject, description } of args.credentials) {
      new ApplicationFederatedIdentityCredential(
        displayName,
        { applicationId: application.id, displayName, description, issuer, subject, audiences: [args.audience] },
        parent,
      )
    }
    if (consentRedirectUri === undefined) {
      for (const { permission, id } of roles) {
        new AppRoleAssignment(
          permission,
          { appRoleId: id, principalObjectId: principal.objectId, resourceObjectId: graph.objectId },
          parent,
        )
      }
    }
    this.clientId = application.clientId
    this.principalId = principal.objectId
    this.registerOutputs({ clientId: this.clientId, principalId: this.principalId })
  }
}
