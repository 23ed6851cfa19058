import { AdministratorsMicrosoftEntra } from '@pulumi/azure-native/dbforpostgresql/administratorsMicrosoftEntra.js'
import { Configuration } from '@pulumi/azure-native/dbforpostgresql/configuration.js'
import { Database } from '@pulumi/azure-native/dbforpostgresql/database.js'
import { FirewallRule } from '@pulumi/azure-native/dbforpostgresql/firewallRule.js'
import { Server } from '@pulumi/azure-native/dbforpostgresql/server.js'
import type { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js'
import * as pulumi from '@pulumi/pulumi'
import { Component } from '../../component.ts'
import { azureServicesOnly, type PrivateDatabase, parameters, serverArgs } from './databaseArgs.ts'
import { patientWith, SERVER_NOT_READY } from './patience.ts'
import type { Place } from './place.ts'
import type { DatabaseSettings } from './settings.ts'

export interface ScimDatabaseArgs {
  place: Place
  settings: DatabaseSettings
  /** Becomes the server's Entra administrator, and so owns what it migrates. */
  identity: UserAssignedIdentity
  network: PrivateDatabase | undefined
}

/** PostgreSQL for the SCIM service: signed in to by managed identity, never by password. */
export class ScimDatabase extends Component {
  readonly serverId: pulumi.Output<string>
  /** Of the database `scim`, without a password; complete once the database can be used. */
  readonly url: pulumi.Output<string>

  constructor(name: string, args: ScimDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ScimDatabase', name, opts)
    const { place, settings, identity, network } = args
    const { resourceGroupName, location, tags, tenantId, protect, names } = place
    const server = new Server(
      name,
      {
        resourceGroupName,
        location,
        tags,
        serverName: names.database,
        ...serverArgs(settings, tenantId, network),
      },
      { parent: this, protect },
    )
    const at = { resourceGroupName, serverName: server.name }
    // One after the other: the server is busy while it takes any of them, and a database that is made before there is
    // an Entra administrator may belong to nobody who can sign in.
    let last: pulumi.Resource = server
    const hooks = patientWith(SERVER_NOT_READY, `${name}-server-not-ready`, server)
    const next = (): pulumi.CustomResourceOptions => ({ parent: this, dependsOn: [last], hooks })
    if (!network)
      last = new FirewallRule(`${name}-azure`, { ...at, firewallRuleName: 'azure', ...azureServicesOnly }, next())
    last = new AdministratorsMicrosoftEntra(
      `${name}-administrator`,
      {
        ...at,
        objectId: identity.principalId,
        principalName: identity.name,
        principalType: 'servicePrincipal',
        tenantId,
      },
      next(),
    )
    const database = new Database(
      name,
      { ...at, databaseName: 'scim', charset: 'UTF8', collation: 'en_US.utf8' },
      { ...next(), protect },
    )
    last = database
    for (const [parameter, value] of Object.entries(parameters)) {
      last = new Configuration(
        `${name}-${parameter}`,
        { ...at, configurationName: parameter, value, source: 'user-override' },
        next(),
      )
    }
    this.serverId = server.id
    this.url = pulumi.interpolate`postgres://${identity.name}@${server.fullyQualifiedDomainName}:5432/${database.name}?sslmode=verify-full`
    this.registerOutputs({ serverId: this.serverId, url: this.url })
  }
}
