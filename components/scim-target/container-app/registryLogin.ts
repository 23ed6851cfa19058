import { getClientToken } from '@pulumi/azure-native/authorization/getClientToken.js'
import * as pulumi from '@pulumi/pulumi'

/** What a registry wants as user name beside a token; source: github.com/Azure/acr docs/AAD-OAuth.md */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000'

/**
 * Lets whoever runs this push to a registry that may have been made a moment ago, with no password and no `az acr login`
 * before. The token is good for three hours. A preview pushes nothing and gets none.
 */
export function registryLogin(server: pulumi.Output<string>, parent: pulumi.Resource) {
  const password = server.apply(async (host) => {
    if (pulumi.runtime.isDryRun()) return ''
    const { token } = await getClientToken({}, { parent })
    return registryToken(`https://${host}`, host, token)
  })
  return { address: server, username: TOKEN_USER, password: pulumi.secret(password) }
}

/**
 * Trades a token of Entra for one of the registry.
 *
 * @param url of the registry, without a path
 * @throws Error with the registry's status and answer
 */
export async function registryToken(url: string, service: string, accessToken: string): Promise<string> {
  const response = await fetch(`${url}/oauth2/exchange`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'access_token', service, access_token: accessToken }),
  })
  const text = await response.text()
  if (!response.ok)
    throw new Error(
      `${service} lets nobody push by this sign-in (${response.status}): the role AcrPush, Contributor or Owner on the registry is needed. It says: ${text.slice(0, 500).replaceAll(accessToken, '[secret]')}`,
    )
  return (JSON.parse(text) as { refresh_token: string }).refresh_token
}
