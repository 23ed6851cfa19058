import { RoleAssignment } from '@pulumi/azure-native/authorization/roleAssignment.js'
import { Key } from '@pulumi/azure-native/keyvault/key.js'
import { Vault } from '@pulumi/azure-native/keyvault/vault.js'
import type { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js'
import type * as pulumi from '@pulumi/pulumi'
import { Component } from '../../component.ts'
import { identityRole, type Place } from './place.ts'
import { keyProperties, vaultProperties } from './vaultArgs.ts'

export interface ScimVaultArgs {
  place: Place
  /** May wrap and unwrap by the key, and nothing else. */
  identity: UserAssignedIdentity
  /** Subnet of the app, where it has one: nobody else then reaches the vault. */
  subnetId: pulumi.Input<string> | undefined
}

/** The key that wraps the SCIM service's data key. It never leaves the vault; no secret is in settings or state. */
export class ScimVault extends Component {
  readonly vaultId: pulumi.Output<string>
  readonly keyId: pulumi.Output<string>
  /** Address of the key without a version: the newest is used for wrapping. */
  readonly keyUri: pulumi.Output<string>

  constructor(name: string, args: ScimVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ScimVault', name, opts)
    const { place, identity, subnetId } = args
    const { resourceGroupName, location, tags, tenantId, protect, names } = place
    const vault = new Vault(
      name,
      {
        resourceGroupName,
        location,
        tags,
        vaultName: names.keyVault,
        properties: vaultProperties(tenantId, protect, subnetId),
      },
      { parent: this, protect },
    )
    const key = new Key(
      name,
      { resourceGroupName, vaultName: vault.name, keyName: 'scim', tags, properties: keyProperties },
      { parent: this, protect },
    )
    new RoleAssignment(
      `${name}-crypto-user`,
      identityRole('KeyVaultCryptoUser', place, identity.principalId, vault.id),
      // Two assignments of one name cannot exist side by side.
      { parent: this, deleteBeforeReplace: true },
    )
    this.vaultId = vault.id
    this.keyId = key.id
    this.keyUri = key.keyUri
    this.registerOutputs({ vaultId: this.vaultId, keyId: this.keyId, keyUri: this.keyUri })
  }
}
