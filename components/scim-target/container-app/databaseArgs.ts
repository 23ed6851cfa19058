import type { FirewallRuleArgs } from '@pulumi/azure-native/dbforpostgresql/firewallRule.js'
import type { ServerArgs } from '@pulumi/azure-native/dbforpostgresql/server.js'
import type { Input } from '@pulumi/pulumi'
import { tierOf } from '../../../azure/sizes.ts'
import type { DatabaseSettings } from './settings.ts'

const HIGH_AVAILABILITY = { off: 'Disabled', sameZone: 'SameZone', zoneRedundant: 'ZoneRedundant' }

/** Where a private server is reached. */
export interface PrivateDatabase {
  subnetId: Input<string>
  dnsZoneId: Input<string>
}

/** A server that knows no passwords. Without `network` it has a public address, which a firewall rule has to open. */
export function serverArgs(
  settings: DatabaseSettings,
  tenantId: string,
  network: PrivateDatabase | undefined,
): Omit<ServerArgs, 'resourceGroupName'> {
  return {
    version: settings.version,
    sku: { name: settings.sku, tier: tierOf(settings.sku)! },
    storage: { storageSizeGB: settings.storageGb, autoGrow: 'Enabled' },
    backup: {
      backupRetentionDays: settings.backupDays,
      geoRedundantBackup: settings.geoRedundantBackup ? 'Enabled' : 'Disabled',
    },
    highAvailability: { mode: HIGH_AVAILABILITY[settings.highAvailability] },
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled', tenantId },
    network: network
      ? {
          delegatedSubnetResourceId: network.subnetId,
          privateDnsZoneArmResourceId: network.dnsZoneId,
          publicNetworkAccess: 'Disabled',
        }
      : { publicNetworkAccess: 'Enabled' },
  }
}

/** 0.0.0.0 stands for Azure's own services, of any customer; they still need a token of this tenant. */
export const azureServicesOnly: Pick<FirewallRuleArgs, 'startIpAddress' | 'endIpAddress'> = {
  startIpAddress: '0.0.0.0',
  endIpAddress: '0.0.0.0',
}

/** In the order in which they are written, since the server takes one at a time; in the letters that Azure gives back. */
export const parameters = {
  require_secure_transport: 'on',
  ssl_min_protocol_version: 'TLSv1.3',
  // Details of a refused statement hold values, which are personal data.
  log_error_verbosity: 'terse',
}
