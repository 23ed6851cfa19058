import type { KeyArgs } from '@pulumi/azure-native/keyvault/key.js'
import type { VaultArgs } from '@pulumi/azure-native/keyvault/vault.js'
import type { Input } from '@pulumi/pulumi'

/** @param forGood whether a deleted vault stays restorable for its whole time, whoever wants it gone */
export function vaultProperties(
  tenantId: string,
  forGood: boolean,
  subnetId: Input<string> | undefined,
): VaultArgs['properties'] {
  return {
    tenantId,
    sku: { family: 'A', name: 'standard' },
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: forGood ? 90 : 7,
    // Azure takes true and nothing else.
    ...(forGood && { enablePurgeProtection: true }),
    publicNetworkAccess: 'Enabled',
    // The bypass lets Azure Resource Manager make the key.
    networkAcls: subnetId
      ? { defaultAction: 'Deny', bypass: 'AzureServices', virtualNetworkRules: [{ id: subnetId }] }
      : { defaultAction: 'Allow', bypass: 'AzureServices' },
  }
}

/** For RSA-OAEP-256. */
export const keyProperties: KeyArgs['properties'] = {
  kty: 'RSA',
  keySize: 3072,
  keyOps: ['wrapKey', 'unwrapKey'],
  attributes: { enabled: true, exportable: false },
}
