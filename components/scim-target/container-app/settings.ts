import type { AzureNames } from '../../../azure/names.ts'
import type { ScimConfigurationArgs } from '../../../provider/sdk/index.ts'

export interface DatabaseSettings {
  /** Size of a flexible server, e.g. `Standard_D2ds_v5`. */
  sku: string
  storageGb: number
  /** Major version of PostgreSQL. */
  version: string
  highAvailability: 'off' | 'sameZone' | 'zoneRedundant'
  backupDays: number
  /** Backups in the paired region too; Azure takes it when the server is made, and never again. */
  geoRedundantBackup: boolean
}

export interface NetworkSettings {
  /** The database has no public address. */
  private: boolean
  /** IPv4 range of the network, where it is private. */
  addressSpace: string
  /** Replicas are spread over zones; Azure takes it when the environment is made, and never again. */
  zoneRedundant: boolean
}

/** What a stack's file says of a container app, with defaults filled in. */
export interface ContainerAppSettings
  extends Pick<ScimConfigurationArgs, 'name' | 'defaultLicence' | 'licences' | 'rotation'> {
  /** In production what holds data is protected. */
  environment: 'production' | 'test'
  region: string
  /** One that is there; a new one is made otherwise. */
  resourceGroup?: string
  /** Reference with registry; built from `scim/` otherwise. */
  image?: string
  /** One that is there; a new one is made otherwise, if an image is built. */
  registry?: { name: string; resourceGroup?: string }
  cpu: number
  minReplicas: number
  maxReplicas: number
  database: DatabaseSettings
  network: NetworkSettings
  /** Whose DNS points to the app already. */
  domain?: { name: string; certificateId?: string }
  /** Name of the tenant at the SCIM service. */
  tenant: string
  /** User principal names, names of groups, object ids: who may open the admin pages and call the management API. */
  administrators: string[]
  /** Object ids of the identities that run the program; none means whoever runs it. */
  runners: string[]
  /** Object ids of the identities that preview the program, and change nothing. */
  readers: string[]
  alerts?: { email: string }
  names: Partial<AzureNames>
  tags: Record<string, string>
}
