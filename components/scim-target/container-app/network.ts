import { Subnet } from '@pulumi/azure-native/network/subnet.js'
import { VirtualNetwork } from '@pulumi/azure-native/network/virtualNetwork.js'
import { PrivateZone } from '@pulumi/azure-native/privatedns/privateZone.js'
import { VirtualNetworkLink } from '@pulumi/azure-native/privatedns/virtualNetworkLink.js'
import type * as pulumi from '@pulumi/pulumi'
import { subnetsOf } from '../../../azure/network.ts'
import { Component } from '../../component.ts'
import type { PrivateDatabase } from './databaseArgs.ts'
import type { Place } from './place.ts'

export interface ScimNetworkArgs {
  place: Place
  addressSpace: string
}

/** A network in which the app reaches its database, and nobody else does. */
export class ScimNetwork extends Component {
  readonly networkId: pulumi.Output<string>
  readonly appSubnetId: pulumi.Output<string>
  readonly database: PrivateDatabase

  constructor(name: string, args: ScimNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ScimNetwork', name, opts)
    const { resourceGroupName, location, tags, names } = args.place
    const ranges = subnetsOf(args.addressSpace)
    const network = new VirtualNetwork(
      name,
      {
        resourceGroupName,
        location,
        tags,
        virtualNetworkName: names.network,
        addressSpace: { addressPrefixes: [args.addressSpace] },
      },
      { parent: this },
    )
    const at = { resourceGroupName, virtualNetworkName: network.name }
    const apps = new Subnet(
      `${name}-apps`,
      {
        ...at,
        subnetName: 'apps',
        addressPrefix: ranges.apps,
        delegations: [{ name: 'apps', serviceName: 'Microsoft.App/environments' }],
        serviceEndpoints: [{ service: 'Microsoft.KeyVault' }],
      },
      { parent: this },
    )
    const database = new Subnet(
      `${name}-database`,
      {
        ...at,
        subnetName: 'database',
        addressPrefix: ranges.database,
        delegations: [{ name: 'database', serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' }],
      },
      // A network changes one subnet at a time.
      { parent: this, dependsOn: [apps] },
    )
    const zone = new PrivateZone(
      name,
      {
        resourceGroupName,
        tags,
        location: 'Global',
        privateZoneName: `${names.database}.private.postgres.database.azure.com`,
      },
      { parent: this },
    )
    const link = new VirtualNetworkLink(
      name,
      {
        resourceGroupName,
        tags,
        location: 'Global',
        privateZoneName: zone.name,
        virtualNetworkLinkName: names.network,
        virtualNetwork: { id: network.id },
        registrationEnabled: false,
      },
      { parent: this },
    )
    this.networkId = network.id
    this.appSubnetId = apps.id
    // The server asks for the zone by its name in the network, so the link has to be there.
    this.database = { subnetId: database.id, dnsZoneId: link.id.apply(() => zone.id) }
    this.registerOutputs({ networkId: this.networkId, appSubnetId: this.appSubnetId })
  }
}
