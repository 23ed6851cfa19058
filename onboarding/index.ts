import { getClientConfig } from '@pulumi/azuread/getClientConfig.js'
import { AutomationIdentity } from '../components/automationIdentity.ts'
import { permissionsFor } from '../provider/graph/neededPermissions.ts'
import { cloudIn, consentLink } from './cloud.ts'
import { credentialsOf } from './credentials.ts'
import { readSettings } from './settings.ts'

/** Run once by an administrator: what pipelines sign in as afterwards. */
export default async function program() {
  const settings = readSettings()
  const { displayName, access, customers, azure } = settings
  const permissions = permissionsFor(settings.uses, access).map(({ value }) => value)
  const credentials = credentialsOf(settings)
  const [cloud, { tenantId }] = await Promise.all([cloudIn(process.env), getClientConfig()])
  const identity = await AutomationIdentity.create('automation', {
    displayName,
    permissions,
    credentials,
    audience: cloud.audience,
    consentRedirectUri: customers?.redirectUri,
  })
  if (azure) {
    const { AzureAccess } = await import('../components/azureAccess.ts')
    new AzureAccess('automation', { ...azure, access, principalId: identity.principalId })
  }
  const { clientId } = identity
  const consent = customers && {
    consent: Object.fromEntries(
      customers.tenants.map((tenant) => [
        tenant,
        clientId.apply((id) => consentLink(cloud.login, tenant, id, customers.redirectUri)),
      ]),
    ),
  }
  return {
    environment: { ARM_CLIENT_ID: clientId, ...(!customers && { ARM_TENANT_ID: tenantId }), ARM_USE_OIDC: 'true' },
    application: { displayName, principalId: identity.principalId },
    permissions,
    signIn: credentials.map(({ issuer, subject }) => ({ issuer, subject })),
    ...consent,
  }
}
