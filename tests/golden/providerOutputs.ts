import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js'
import { azureOutputs } from '../azure/outputs.ts'
import { wireSecret } from './wireSecret.ts'

/** What the SCIM service would make up for a new configuration. */
export const GENERATED_SECRET = 'clear-secret-of-the-scim-service'

type Json = { [key: string]: JavaScriptValue }

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
}

/** What a provider gives for a resource type besides the inputs. */
export function providerOutputs(type: string, inputs: Json): Json {
  if (type === 'azuread:index/group:Group') return { objectId: `<id of ${inputs.displayName}>` }
  if (type.startsWith('pulumi:providers:')) return {}
  if (type in OUTPUTS) return OUTPUTS[type as keyof typeof OUTPUTS]
  const outputs = azureOutputs(type, inputs)
  if (!outputs) throw new Error(`add what the provider gives for ${type} to tests/golden/providerOutputs.ts`)
  return outputs as Json
}
