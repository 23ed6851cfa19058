import { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js'
import * as pulumi from '@pulumi/pulumi'
import { type AzureNames, azureNames } from '../../azure/names.ts'
import { type CredentialsArgs, ScimConfiguration } from '../../provider/sdk/index.ts'
import { Component } from '../component.ts'
import { ScimAlerts } from './container-app/alerts.ts'
import { makeApp, makeCertificates } from './container-app/app.ts'
import { ScimDatabase } from './container-app/database.ts'
import { makeEnvironment } from './container-app/environment.ts'
import { existingServer, fittedTo } from './container-app/existingServer.ts'
import { ScimImage } from './container-app/image.ts'
import { makeLogs, sendToLogs } from './container-app/logs.ts'
import { ScimNetwork } from './container-app/network.ts'
import { makePlace } from './container-app/place.ts'
import type { ContainerAppSettings } from './container-app/settings.ts'
import { ScimSignIn } from './container-app/signIn.ts'
import { lookUp, type Surroundings, type TargetProviders } from './container-app/surroundings.ts'
import { ScimVault } from './container-app/vault.ts'
import type { ScimTarget } from './target.ts'

export interface ContainerAppTargetArgs {
  settings: ContainerAppSettings
  surroundings: Surroundings
  names: AzureNames
}

/** The bundled SCIM service as a container app in Azure, with all that it needs, and a configuration of its own in it. */
export class ContainerAppTarget extends Component implements ScimTarget {
  readonly credentials: CredentialsArgs
  readonly adminUrl: pulumi.Output<string>
  readonly secretExpiresAt: pulumi.Output<string | undefined>
  readonly details: Record<string, pulumi.Input<unknown>>

  constructor(name: string, args: ContainerAppTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ContainerAppTarget', name, opts)
    const { settings, surroundings, names } = args
    const { tenantId } = surroundings
    const parent: pulumi.ResourceOptions = { parent: this }
    const place = makePlace(name, settings, names, surroundings, this)
    const { resourceGroupName, location, tags, protect } = place

    const identity = new UserAssignedIdentity(
      name,
      { resourceGroupName, location, tags, resourceName: names.identity },
      { ...parent, protect },
    )
    const logs = makeLogs(name, place, this)
    const { addressSpace, zoneRedundant } = settings.network
    const network = settings.network.private ? new ScimNetwork(name, { place, addressSpace }, parent) : undefined
    const environment = makeEnvironment(name, place, network?.appSubnetId, zoneRedundant, this)
    const host = pulumi.interpolate`${names.app}.${environment.defaultDomain}`
    const publicUrl = settings.domain ? `https://${settings.domain.name}` : pulumi.interpolate`https://${host}`

    const image = new ScimImage(name, { place, settings, identity }, parent)
    const vault = new ScimVault(name, { place, identity, subnetId: network?.appSubnetId }, parent)
    const database = new ScimDatabase(
      name,
      { place, settings: settings.database, identity, network: network?.database },
      parent,
    )
    const signIn = new ScimSignIn(
      name,
      {
        displayName: `Entrada SCIM (${names.app})`,
        tenantId,
        publicUrl,
        identityPrincipalId: identity.principalId,
        managers: surroundings.managers,
        readers: surroundings.readers,
      },
      parent,
    )
    sendToLogs(`${name}-vault`, vault.vaultId, logs.id, this)
    sendToLogs(`${name}-database`, database.serverId, logs.id, this)
    const environmentLogs = sendToLogs(`${name}-environment`, environment.id, logs.id, this)

    const parts = {
      databaseUrl: database.url,
      keyUri: vault.keyUri,
      applicationClientId: signIn.clientId,
      publicUrl,
    }
    const app = makeApp(
      name,
      { place, settings, environment, identity, image, parts },
      this,
      // The roles in them too: a revision that may not pull its image or unwrap its key fails.
      [image, vault, database, signIn, environmentLogs],
    )
    const certificates = makeCertificates(name, place, settings.domain, environment, app, this)
    if (settings.alerts)
      new ScimAlerts(
        name,
        {
          place,
          email: settings.alerts.email,
          sku: settings.database.sku,
          appId: app.id,
          serverId: database.serverId,
          workspaceId: logs.id,
        },
        parent,
      )

    const configuration = new ScimConfiguration(
      name,
      {
        name: settings.name,
        defaultLicence: settings.defaultLicence,
        licences: settings.licences,
        rotation: settings.rotation,
        // A domain changes the tenant's URL, and this is how the configuration comes to know.
        apiUrl: pulumi.interpolate`${publicUrl}/api/tenants/${settings.tenant}`,
        audience: signIn.audience,
      },
      // It goes with the service, which may be down when all is deleted.
      { ...parent, dependsOn: [app, signIn, ...certificates], deletedWith: app },
    )
    const { tenantUrl, tokenEndpoint, clientId, clientSecret } = configuration
    this.credentials = { tenantUrl, tokenEndpoint, clientId, clientSecret }
    this.adminUrl = pulumi.interpolate`${publicUrl}/admin`
    this.secretExpiresAt = configuration.secretExpiresAt
    this.details = {
      host,
      // What the DNS of a domain has to say before `domain` is set.
      domainVerification: app.customDomainVerificationId,
      image: image.reference,
      revision: app.latestRevisionName,
      resources: {
        resourceGroup: place.resourceGroupId,
        app: app.id,
        environment: environment.id,
        identity: identity.id,
        database: database.serverId,
        keyVault: vault.vaultId,
        key: vault.keyId,
        logs: logs.id,
        registry: image.registry?.id,
        network: network?.networkId,
        application: signIn.applicationId,
      },
    }
    this.registerOutputs({ tenantUrl, adminUrl: this.adminUrl, ...this.details })
  }
}

/**
 * Looks up what the settings do not say, and then makes the target.
 *
 * @throws pulumi.RunError before anything is registered
 */
export async function containerAppTarget(
  name: string,
  settings: ContainerAppSettings,
  providers: TargetProviders = {},
): Promise<ContainerAppTarget> {
  const surroundings = await lookUp(settings, providers)
  const { resourceGroup } = settings
  const names = azureNames(
    { tenantId: surroundings.tenantId, project: pulumi.getProject(), stack: pulumi.getStack(), resourceGroup },
    settings.names,
  )
  const place = { resourceGroupName: resourceGroup ?? names.resourceGroup, serverName: names.database }
  const server = await existingServer(place, { provider: providers.azureNative })
  const fitted = server ? fittedTo(server, settings) : settings
  const given = Object.values(providers).filter((provider) => provider !== undefined)
  return new ContainerAppTarget(name, { settings: fitted, surroundings, names }, { providers: given })
}
