import { Application } from '@pulumi/azuread/application.js'
import { ApplicationFederatedIdentityCredential } from '@pulumi/azuread/applicationFederatedIdentityCredential.js'
import { ApplicationIdentifierUri } from '@pulumi/azuread/applicationIdentifierUri.js'
import { AppRoleAssignment } from '@pulumi/azuread/appRoleAssignment.js'
import { ServicePrincipal } from '@pulumi/azuread/servicePrincipal.js'
import * as pulumi from '@pulumi/pulumi'
import { stableUuid } from '../../../azure/uuid.ts'
import { Component } from '../../component.ts'

export interface ScimSignInArgs {
  displayName: string
  tenantId: string
  /** Where people and programs reach the service, without a path. */
  publicUrl: pulumi.Input<string>
  /** Object id of the managed identity that the service proves itself by; it has no secret. */
  identityPrincipalId: pulumi.Input<string>
  /** Object ids of who gets the role Manage. */
  managers: readonly string[]
  /** Object ids of who gets the role Read. */
  readers: readonly string[]
}

const ROLES = {
  Manage: 'Opens the admin pages and calls the management API of the SCIM service',
  Read: 'Sees what the admin pages and the management API of the SCIM service show',
}

/** By name; the same in every stack, since they are told apart by the application that they belong to. */
const roleId = (name: keyof typeof ROLES) => stableUuid('app role', name)

export const appRoles = Object.entries(ROLES).map(([value, description]) => ({
  id: roleId(value as keyof typeof ROLES),
  value,
  displayName: value,
  description,
  allowedMemberTypes: ['User', 'Application'],
  enabled: true,
}))

/** The SCIM service as an application of the tenant: who may manage it, and how it signs them in. */
export class ScimSignIn extends Component {
  readonly clientId: pulumi.Output<string>
  /** Of tokens for the management API. Complete once such a token carries the role of its bearer. */
  readonly audience: pulumi.Output<string>
  readonly applicationId: pulumi.Output<string>

  constructor(name: string, args: ScimSignInArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ScimSignIn', name, opts)
    const { displayName, tenantId, publicUrl, identityPrincipalId, managers, readers } = args
    const application = new Application(
      name,
      {
        displayName,
        // One that an interrupted update left behind is named in the error, so that it can be imported.
        preventDuplicateNames: true,
        signInAudience: 'AzureADMyOrg',
        api: { requestedAccessTokenVersion: 2 },
        appRoles,
        web: { redirectUris: [pulumi.interpolate`${publicUrl}/admin/sign-in/callback`] },
      },
      // The next resource adds it, since it holds the id that the application gets.
      { parent: this, ignoreChanges: ['identifierUris'] },
    )
    const { clientId } = application
    const identifier = new ApplicationIdentifierUri(
      name,
      { applicationId: application.id, identifierUri: pulumi.interpolate`api://${clientId}` },
      { parent: this },
    )
    const principal = new ServicePrincipal(name, { clientId, appRoleAssignmentRequired: true }, { parent: this })
    new ApplicationFederatedIdentityCredential(
      name,
      {
        applicationId: application.id,
        displayName: 'managed-identity',
        description: 'The SCIM service itself',
        issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        subject: identityPrincipalId,
        audiences: ['api://AzureADTokenExchange'],
      },
      { parent: this },
    )
    const give = (role: keyof typeof ROLES, principalObjectId: string, called: string) =>
      new AppRoleAssignment(
        called,
        { appRoleId: roleId(role), principalObjectId, resourceObjectId: principal.objectId },
        { parent: this },
      )
    const assignments = [
      ...managers.map((id) => give('Manage', id, `${name}-${id}`)),
      ...readers.map((id) => give('Read', id, `${name}-${id}-read`)),
    ]
    this.clientId = clientId
    this.applicationId = application.objectId
    this.audience = pulumi
      .all([identifier.identifierUri, ...assignments.map(({ id }) => id)])
      .apply(([identifierUri]) => identifierUri!)
    this.registerOutputs({ clientId, audience: this.audience, applicationId: this.applicationId })
  }
}
