import { ManagedEnvironment } from '@pulumi/azure-native/app/managedEnvironment.js'
import type * as pulumi from '@pulumi/pulumi'
import type { Place } from './place.ts'

export const PROFILE = 'Consumption'

/**
 * Where the app runs. Its logs go through Azure Monitor, which needs no key of the workspace.
 *
 * @param subnetId of a network of its own; without it, one that Azure keeps to itself
 */
export function makeEnvironment(
  name: string,
  place: Place,
  subnetId: pulumi.Input<string> | undefined,
  zoneRedundant: boolean,
  parent: pulumi.Resource,
): ManagedEnvironment {
  const { resourceGroupName, location, tags, names } = place
  return new ManagedEnvironment(
    name,
    {
      resourceGroupName,
      location,
      tags,
      environmentName: names.environment,
      appLogsConfiguration: { destination: 'azure-monitor' },
      workloadProfiles: [{ name: PROFILE, workloadProfileType: PROFILE }],
      zoneRedundant,
      // Entra provisions from the internet, so the app is reached from there in every case.
      ...(subnetId && { vnetConfiguration: { infrastructureSubnetId: subnetId, internal: false } }),
    },
    { parent },
  )
}
