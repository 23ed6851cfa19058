import { type GetResourceGroupResult, getResourceGroupOutput } from '@pulumi/azure-native/resources/getResourceGroup.js'
import { ResourceGroup } from '@pulumi/azure-native/resources/resourceGroup.js'
import * as pulumi from '@pulumi/pulumi'
import type { AzureNames } from '../../../azure/names.ts'
import { knownRegions } from '../../../azure/regions.ts'
import { ownTags } from '../../../azure/tags.ts'
import { stableUuid } from '../../../azure/uuid.ts'
import type { ContainerAppSettings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'

/** Where everything is made, and how it is marked. */
export interface Place {
  resourceGroupName: pulumi.Output<string>
  resourceGroupId: pulumi.Output<string>
  location: string
  tags: Record<string, string>
  names: AzureNames
  subscriptionId: string
  tenantId: string
  /** Whether what holds data must not be deleted. */
  protect: boolean
}

export function makePlace(
  name: string,
  settings: ContainerAppSettings,
  names: AzureNames,
  { subscriptionId, tenantId }: Surroundings,
  parent: pulumi.Resource,
): Place {
  const { region: location, environment } = settings
  const tags = { ...settings.tags, ...ownTags(pulumi.getStack()) }
  const protect = environment === 'production'
  if (!knownRegions.includes(location))
    void pulumi.log.warn(`${location} is none of the regions that Entrada knows; a new one may be right`, parent)
  const group = settings.resourceGroup
    ? identified(getResourceGroupOutput({ resourceGroupName: settings.resourceGroup }, { parent }))
    : new ResourceGroup(name, { resourceGroupName: names.resourceGroup, location, tags }, { parent, protect })
  return {
    resourceGroupName: group.name,
    resourceGroupId: group.id,
    location,
    tags,
    names,
    subscriptionId,
    tenantId,
    protect,
  }
}

const identified = ({ name, id }: pulumi.Output<GetResourceGroupResult>) => ({ name, id })

/** Ids of built-in roles, the same in every tenant; source: learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES = {
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  KeyVaultCryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424',
}

/** A role of the app's identity. Its name is a UUID, which must not be another one in the next preview. */
export function identityRole(
  role: keyof typeof ROLES,
  { subscriptionId, tenantId, names }: Place,
  principalId: pulumi.Input<string>,
  scope: pulumi.Input<string>,
) {
  return {
    roleAssignmentName: stableUuid('role assignment', tenantId, subscriptionId, names.app, names.identity, role),
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`,
    principalId,
    // Without it Azure looks the new identity up, and may not find it yet.
    principalType: 'ServicePrincipal',
    scope,
  }
}
