import { managementOf } from '../../stack/management.ts'
import type { Tenant } from '../../stack/tenant.ts'
import { type BundledReader, bundledReader } from './bundled.ts'
import { clientCredentials, scimReader, type TargetReader, TargetUnreadable } from './scim.ts'

/** The target that the stack has; credentials come from the environment, or from the directory, alone. */
export type OpenTarget = { reader: TargetReader; bundled?: BundledReader }

/**
 * @param servicePrincipalId of the stack's application, where it was made already
 * @throws TargetUnreadable naming the variables that are missing
 */
export async function openTarget(
  tenant: Tenant,
  servicePrincipalId: string | undefined,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<OpenTarget> {
  const { config, env } = tenant
  if (config.target.kind !== 'external') {
    const management = await managementOf(tenant, servicePrincipalId).catch((error: Error) => {
      throw new TargetUnreadable(error.message)
    })
    if (!management) throw new TargetUnreadable('it is not there yet: the update makes it')
    const bundled = bundledReader({ ...management, fetch })
    return { reader: bundled, bundled }
  }
  const { tenantUrl, tokenEndpoint, clientId } = config.target
  const {
    ENTRADA_TARGET_TOKEN: token,
    ENTRADA_TARGET_CLIENT_ID: id = clientId,
    ENTRADA_TARGET_CLIENT_SECRET: secret,
  } = env
  if (token) return { reader: scimReader({ tenantUrl, token: async () => token, fetch }) }
  if (secret)
    return { reader: scimReader({ tenantUrl, token: clientCredentials(tokenEndpoint, id, secret, fetch), fetch }) }
  throw new TargetUnreadable(
    'ENTRADA_TARGET_CLIENT_SECRET, or ENTRADA_TARGET_TOKEN, must be set to read the target: the stack file holds the secret encrypted',
  )
}
