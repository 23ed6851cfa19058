/** Whether a job provisions into the bundled SCIM service that the environment names. */
import type { Pair } from '../../provider/resources/provisioningJob/secrets.ts'
import { askService } from '../stack/target.ts'
import type { Env } from '../stack/tenant.ts'

export interface Bundled {
  /** Of the configuration. */
  id: string
  apiUrl: string
  /** Settings of the target beside its kind. */
  settings: { name?: string; defaultLicence?: string }
}

interface Configuration {
  id: string
  name: string
  defaultLicence: string
  tenantUrl: string
  clientId: string
}

/**
 * Undefined where the environment names no service, or another target is set up.
 * @throws when the service that is named cannot be asked
 */
export async function findBundled(env: Env, secrets: readonly Pair[], stack: string): Promise<Bundled | undefined> {
  const { ENTRADA_SCIM_API_URL: url, ENTRADA_SCIM_ADMIN_TOKEN: token } = env
  if (!url || !token) return undefined
  const apiUrl = url.replace(/\/+$/, '')
  const value = (key: string) => secrets.find((pair) => pair.key === key)?.value
  const { configurations } = await askService<{ configurations: Configuration[] }>(`${apiUrl}/configurations`, token)
  const ours = configurations.find(
    ({ tenantUrl, clientId }) => tenantUrl === value('BaseAddress') && clientId === value('Oauth2ClientId'),
  )
  if (!ours) return undefined
  const { id, name, defaultLicence } = ours
  return {
    id,
    apiUrl,
    settings: {
      ...(name === `entrada-${stack}` ? {} : { name }),
      ...(defaultLicence === 'named' ? {} : { defaultLicence }),
    },
  }
}
