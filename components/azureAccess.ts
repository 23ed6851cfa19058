import { RoleAssignment } from '@pulumi/azure-native/authorization/roleAssignment.js'
import * as pulumi from '@pulumi/pulumi'
import { stableUuid } from '../azure/uuid.ts'
import type { Access } from './access.ts'
import { Component } from './component.ts'

export interface AzureAccessArgs {
  /** Object id of a service principal. */
  principalId: pulumi.Input<string>
  /** Whether it updates stacks, or previews them and changes nothing. */
  access: Access
  /** Resource id of the subscription or resource group in which the Azure target is made. */
  scope?: string
  /** A container registry outside of `scope` that the Azure target's image is in; `push` where an update or a pipeline builds it. */
  registry?: { id: string; push: boolean }
  /** Resource id of the blob container that keeps Pulumi's state. */
  stateContainer?: string
  /** Resource id of the key in Key Vault that encrypts the secrets in the state. */
  stateKey?: string
}

/** Built-in roles of Azure; source: "Azure built-in roles". */
const ROLES = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  roleAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  blobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  keyVaultCryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  acrPush: '8311e382-0749-4cb8-b61a-304f252e45ec',
} as const

/** What the Azure target gives to its own managed identity. */
const TARGET_ROLES = [ROLES.acrPull, ROLES.keyVaultCryptoUser]

/** What an identity may do in Azure: make the target, and keep its state there; or look at both. */
export class AzureAccess extends Component {
  constructor(name: string, args: AzureAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super('AzureAccess', name, opts)
    const { access, scope, registry, stateContainer, stateKey } = args
    const give = (role: keyof typeof ROLES, on: string, condition?: string, called: string = role) => {
      new RoleAssignment(
        `${name}-${called}`,
        {
          scope: on,
          principalId: args.principalId,
          principalType: 'ServicePrincipal',
          roleDefinitionId: `${subscriptionOf(on)}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`,
          // Azure takes one assignment of a role once; the same name for the same one makes a second run harmless.
          roleAssignmentName: pulumi
            .output(args.principalId)
            .apply((principal) => stableUuid(on, principal, ROLES[role])),
          ...(condition !== undefined && { condition, conditionVersion: '2.0' }),
        },
        { parent: this },
      )
    }
    const changes = access === 'change'
    if (scope !== undefined) {
      give(changes ? 'contributor' : 'reader', scope)
      if (changes) give('roleAdministrator', scope, onlyRoles(TARGET_ROLES))
    }
    if (registry !== undefined) {
      give('reader', registry.id, undefined, 'registryReader')
      if (changes) give('roleAdministrator', registry.id, onlyRoles([ROLES.acrPull]), 'registryRoleAdministrator')
      if (registry.push) give('acrPush', registry.id)
    }
    if (stateContainer !== undefined) give(changes ? 'blobDataContributor' : 'blobDataReader', stateContainer)
    // A preview decrypts too.
    if (stateKey !== undefined) give('keyVaultCryptoUser', stateKey)
    this.registerOutputs({})
  }
}

const subscriptionOf = (resourceId: string): string => resourceId.split('/').slice(0, 3).join('/')

/**
 * Lets an administrator of roles give and take these roles only, and to service principals only. Source: Azure RBAC,
 * "Delegate role assignment management with conditions".
 */
function onlyRoles(roles: readonly string[]): string {
  const limit = (action: string, source: string) => {
    const attribute = (name: string) => `@${source}[Microsoft.Authorization/roleAssignments:${name}]`
    return (
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR ` +
      `(${attribute('RoleDefinitionId')} ForAnyOfAnyValues:GuidEquals {${roles.join(', ')}} AND ` +
      `${attribute('PrincipalType')} ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`
    )
  }
  return `${limit('write', 'Request')} AND ${limit('delete', 'Resource')}`
}
