import type { SecretSet } from '../../tenant/model.ts'
import type { Clock } from '../../tenant/store.ts'
import type { Switches } from '../switches.ts'
import { SCIM_CODE, TargetError } from './errors.ts'
import { tokenEndpointOf } from './settings.ts'
import { identified, requestToken } from './token.ts'
import type { Transport } from './transport.ts'

const NEEDED = ['Oauth2TokenExchangeUri', 'Oauth2ClientId', 'Oauth2ClientSecret', 'Oauth2AuthorizationCode'] as const

/**
 * Redeems the authorization code that an administrator's consent gave (RFC 6749 §4.1.3).
 * @returns the secrets with the token, and without the code, which is good once
 * @throws TargetError
 */
export async function redeemCode(
  secrets: SecretSet,
  transport: Transport,
  clock: Clock,
  switches: Switches,
): Promise<SecretSet> {
  const missing = NEEDED.filter((key) => !secrets[key])
  if (missing.length > 0) {
    throw new TargetError(`${SCIM_CODE}InvalidCredentials`, `An access token needs ${missing.join(' and ')}.`)
  }
  const { Oauth2AuthorizationCode: code, ...rest } = secrets as Record<(typeof NEEDED)[number], string>
  const form = new URLSearchParams({ grant_type: 'authorization_code', code })
  if (secrets.Oauth2RedirectUri) form.set('redirect_uri', secrets.Oauth2RedirectUri)
  const client = { clientId: rest.Oauth2ClientId, clientSecret: rest.Oauth2ClientSecret }
  const headers = identified(form, { ...client, credentialLocation: switches.credentialLocation })
  const reply = await requestToken(tokenEndpointOf(secrets), form, headers, transport, [client.clientSecret, code])
  return {
    ...rest,
    Oauth2AccessToken: reply.access_token,
    Oauth2AccessTokenCreationTime: new Date(clock.now()).toISOString(),
    ...(typeof reply.refresh_token === 'string' ? { Oauth2RefreshToken: reply.refresh_token } : {}),
  }
}
