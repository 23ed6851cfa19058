/** What Azure, Entra and Docker would add to the inputs of each resource, and answer to each question of the program. */

import { NEEDED_PERMISSIONS } from '../../provider/graph/neededPermissions.ts'

type Properties = Record<string, unknown>
type Answer = (inputs: Properties) => Properties

export const TENANT = '11111111-1111-4111-8111-111111111111'
export const RUNNER = '22222222-2222-4222-8222-222222222222'
const SUBSCRIPTION = '33333333-3333-4333-8333-333333333333'
const GROUP_OF_ADMINISTRATORS = '44444444-4444-4444-8444-444444444444'
const ADELE = '55555555-5555-4555-8555-555555555555'
const USERS: Record<string, string> = { 'adele@': ADELE, 'adele.vance@': ADELE, 'megan.bowen@': '<id of megan.bowen>' }
const GROUPS: Record<string, string> = {
  'scim administrators': GROUP_OF_ADMINISTRATORS,
  'm-files project leads': '<id of M-Files Project Leads>',
}
/** Of the application that the SCIM service signs people in with. */
export const SCIM_APPLICATION = '66666666-6666-4666-8666-666666666666'

const named =
  (property: string, more: Answer = () => ({})): Answer =>
  (inputs) => ({ name: inputs[property], ...more(inputs) })
const nothing: Answer = () => ({})

const RESOURCES: Record<string, Answer> = {
  'azure-native:resources:ResourceGroup': named('resourceGroupName'),
  'azure-native:managedidentity:UserAssignedIdentity': named('resourceName', () => ({
    clientId: '<identityClientId>',
    principalId: '<identityPrincipalId>',
    tenantId: TENANT,
  })),
  'azure-native:operationalinsights:Workspace': named('workspaceName', () => ({ customerId: '<workspace>' })),
  'azure-native:monitor:DiagnosticSetting': nothing,
  'azure-native:network:VirtualNetwork': named('virtualNetworkName'),
  'azure-native:network:Subnet': named('subnetName'),
  'azure-native:privatedns:PrivateZone': named('privateZoneName'),
  'azure-native:privatedns:VirtualNetworkLink': named('virtualNetworkLinkName'),
  'azure-native:app:ManagedEnvironment': named('environmentName', () => ({
    defaultDomain: 'happysea-1234.westeurope.azurecontainerapps.example',
  })),
  'azure-native:containerregistry:Registry': named('registryName', ({ registryName }) => ({
    loginServer: `${registryName}.azurecr.io`,
  })),
  'azure-native:authorization:RoleAssignment': nothing,
  'azure-native:keyvault:Vault': named('vaultName'),
  'azure-native:keyvault:Key': named('keyName', ({ vaultName, keyName }) => ({
    keyUri: `https://${vaultName}.vault.azure.net/keys/${keyName}`,
  })),
  'azure-native:dbforpostgresql:Server': named('serverName', ({ serverName }) => ({
    fullyQualifiedDomainName: `${serverName}.postgres.database.azure.com`,
  })),
  'azure-native:dbforpostgresql:FirewallRule': named('firewallRuleName'),
  'azure-native:dbforpostgresql:AdministratorsMicrosoftEntra': nothing,
  'azure-native:dbforpostgresql:Database': named('databaseName'),
  'azure-native:dbforpostgresql:Configuration': named('configurationName'),
  'azure-native:app:ContainerApp': named('containerAppName', ({ containerAppName }) => ({
    customDomainVerificationId: '<domainVerification>',
    latestRevisionName: `${containerAppName}--0000001`,
  })),
  'azure-native:app:ManagedCertificate': named('managedCertificateName'),
  'azure-native:monitor:ActionGroup': named('actionGroupName'),
  'azure-native:monitor:MetricAlert': named('ruleName'),
  'azure-native:monitor:ScheduledQueryRule': named('ruleName'),
  'azuread:index/application:Application': () => ({ clientId: SCIM_APPLICATION, objectId: '<applicationObjectId>' }),
  'azuread:index/applicationIdentifierUri:ApplicationIdentifierUri': nothing,
  'azuread:index/servicePrincipal:ServicePrincipal': () => ({ objectId: '<scimServicePrincipalId>' }),
  'azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential': () => ({
    credentialId: '<credentialId>',
  }),
  'azuread:index/appRoleAssignment:AppRoleAssignment': nothing,
  'docker-build:index:Image': ({ tags }) => ({
    ref: `${(tags as string[])[0]}@sha256:<digest>`,
    digest: 'sha256:<digest>',
  }),
}

const FUNCTIONS: Record<string, Answer> = {
  // As if nothing were there yet.
  'azure-native:dbforpostgresql:getServer': ({ serverName }) => {
    throw new Error(`Status=404 Code="ResourceNotFound" Message="The Resource '${serverName}' was not found."`)
  },
  'azure-native:authorization:getClientConfig': () => ({
    clientId: '<runnerClientId>',
    objectId: RUNNER,
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
  }),
  'azuread:index/getClientConfig:getClientConfig': () => ({
    clientId: '<runnerClientId>',
    id: '<id>',
    objectId: RUNNER,
    tenantId: TENANT,
  }),
  'azuread:index/getGroups:getGroups': ({ displayNames }) => {
    const found = (displayNames as string[]).filter((name) => name.toLowerCase() in GROUPS)
    return { displayNames: found, objectIds: found.map((name) => GROUPS[name.toLowerCase()]) }
  },
  'azuread:index/getUsers:getUsers': ({ userPrincipalNames }) => {
    const idOf = (name: string) => USERS[name.toLowerCase().replace(/@.*/, '@')]
    const found = (userPrincipalNames as string[]).filter(idOf)
    return { users: found.map((userPrincipalName) => ({ userPrincipalName, objectId: idOf(userPrincipalName) })) }
  },
  'azuread:index/getServicePrincipal:getServicePrincipal': () => ({
    objectId: '<id of Microsoft Graph>',
    appRoleIds: Object.fromEntries(NEEDED_PERMISSIONS.map(({ value }) => [value, `<id of ${value}>`])),
  }),
  'azure-native:resources:getResourceGroup': ({ resourceGroupName }) => ({
    name: resourceGroupName,
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${resourceGroupName}`,
  }),
  'azure-native:containerregistry:getRegistry': ({ resourceGroupName, registryName }) => ({
    name: registryName,
    id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/${registryName}`,
    loginServer: `${registryName}.azurecr.io`,
  }),
}

/** Undefined for a type of another provider. */
export function azureOutputs(type: string, inputs: Properties): Properties | undefined {
  return RESOURCES[type]?.(inputs)
}

export function azureAnswer(token: string, args: Properties): Properties {
  const answer = FUNCTIONS[token]
  if (!answer) throw new Error(`add what ${token} answers to tests/azure/outputs.ts`)
  return answer(args)
}
