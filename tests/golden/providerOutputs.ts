import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js'
import { NEEDED_PERMISSIONS } from '../../provider/graph/neededPermissions.ts'
import { wireSecret } from './wireSecret.ts'

/** What the SCIM service would make up for a new configuration. */
export const GENERATED_SECRET = 'clear-secret-of-the-scim-service'

type Json = { [key: string]: JavaScriptValue }

export const TENANT_ID = '5f0c9b5e-7d3a-4f6b-9b43-6a1d0f3c2e11'

/** Outputs by resource type or function, recognisable wherever they turn up again. */
const OUTPUTS = {
  'entrasync:index:GalleryApplication': {
    templateId: '<templateId>',
    applicationObjectId: '<applicationObjectId>',
    clientId: '<clientId>',
    servicePrincipalId: '<servicePrincipalId>',
    appRoles: [],
    created: true,
  },
  'entrasync:index:AppRoleAssignments': { appRoleId: '<appRoleId>', principals: [], warnings: ['<warning>'] },
  'entrasync:index:ProvisioningJob': {
    jobId: '<jobId>',
    resolvedTemplateId: '<resolvedTemplateId>',
    scheduleState: 'Active',
    statusCode: 'Active',
    quarantine: null,
    lastExecution: null,
    mappingDrift: [],
    created: true,
    secretKeys: [],
    connectionTested: true,
  },
  'entrasync:index:ScimConfiguration': {
    configurationId: '<configurationId>',
    tenantUrl: '<tenantUrl>',
    tokenEndpoint: '<tokenEndpoint>',
    clientId: '<scimClientId>',
    clientSecret: wireSecret(GENERATED_SECRET),
    secretId: '<secretId>',
    secretCreatedAt: '<secretCreatedAt>',
    secretExpiresAt: '<secretExpiresAt>',
    previousSecretId: null,
    retireFrom: null,
  },
  'azuread:index/getClientConfig:getClientConfig': { objectId: '<id of the caller>', tenantId: TENANT_ID },
  'azuread:index/getUsers:getUsers': {
    users: ['Adele.Vance', 'megan.bowen'].map((name) => ({
      userPrincipalName: `${name}@contoso.example`,
      objectId: `<id of ${name}>`,
    })),
  },
  'azuread:index/getGroups:getGroups': {
    displayNames: ['M-Files Project Leads'],
    objectIds: ['<id of M-Files Project Leads>'],
  },
  'azuread:index/getServicePrincipal:getServicePrincipal': {
    objectId: '<id of Microsoft Graph>',
    appRoleIds: Object.fromEntries(NEEDED_PERMISSIONS.map(({ value }) => [value, `<id of ${value}>`])),
  },
  'azuread:index/application:Application': { clientId: '<client id>' },
  'azuread:index/servicePrincipal:ServicePrincipal': { objectId: '<principal id>' },
  'azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential': {},
  'azuread:index/appRoleAssignment:AppRoleAssignment': {},
  'azure-native:authorization:RoleAssignment': {},
}

/** What a provider gives for a resource type or a function. */
export function providerOutputs(type: string, name: string): Json {
  if (type === 'azuread:index/group:Group') return { objectId: `<id of ${name}>` }
  if (!(type in OUTPUTS)) throw new Error(`add what the provider gives for ${type} to tests/golden/providerOutputs.ts`)
  return OUTPUTS[type as keyof typeof OUTPUTS]
}
