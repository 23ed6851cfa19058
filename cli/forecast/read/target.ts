import type { StackConfig } from '../../../config/schema.ts'
import type { Env } from '../../stack/tenant.ts'
import { type BundledReader, bundledReader } from './bundled.ts'
import { clientCredentials, scimReader, type TargetReader, TargetUnreadable } from './scim.ts'

/** Of the two kinds of target, the one that the stack has; credentials come from the environment alone. */
export type OpenTarget = { reader: TargetReader; bundled?: BundledReader }

/** @throws TargetUnreadable naming the variables that are missing */
export function openTarget(
  target: StackConfig['target'],
  env: Env,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): OpenTarget {
  if (target.kind === 'local') {
    const apiUrl = target.apiUrl ?? env.ENTRADA_SCIM_API_URL
    const token = env.ENTRADA_SCIM_ADMIN_TOKEN
    if (!apiUrl || !token) {
      const missing = [apiUrl ? [] : 'ENTRADA_SCIM_API_URL', token ? [] : 'ENTRADA_SCIM_ADMIN_TOKEN'].flat()
      throw new TargetUnreadable(`${missing.join(' and ')} must be set to read the SCIM service`)
    }
    const bundled = bundledReader({ apiUrl, token, fetch })
    return { reader: bundled, bundled }
  }
  const { tenantUrl, tokenEndpoint, clientId } = target
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
