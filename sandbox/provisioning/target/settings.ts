import type { SecretSet } from '../../tenant/model.ts'
import type { Switches } from '../switches.ts'
import { SCIM_CODE, TargetError } from './errors.ts'

export type Authentication =
  | { kind: 'bearer'; token: string }
  | {
      kind: 'oauth'
      tokenEndpoint: string
      clientId: string
      /** Null: a token of the application's own stands in its place. */
      clientSecret: string | null
      credentialLocation: 'header' | 'body'
    }

/** A service principal's synchronization secrets, read. */
export interface Settings {
  /** The tenant URL as entered; its query may carry feature flags. */
  tenantUrl: URL
  authentication: Authentication
  syncAll: boolean
  skipOutOfScopeDeletions: boolean
  /** Guard against accidental deletions; without a threshold of its own it takes the job's. Null: none. */
  deletionGuard: { threshold: number | null } | null
}

const OAUTH = 'OAuth2ClientCredentialsGrant'

const isTrue = (text: string | undefined): boolean => text?.toLowerCase() === 'true'

/**
 * Reads the keys of `synchronization/secrets` (Microsoft Graph, synchronizationSecret).
 * @throws TargetError when they do not make a connection
 */
export function readSettings(secrets: SecretSet, switches: Switches): Settings {
  return {
    tenantUrl: urlOf(secrets, 'BaseAddress', 'Please provide a valid tenant URL for your application.'),
    authentication: readAuthentication(secrets, switches),
    syncAll: isTrue(secrets.SyncAll),
    skipOutOfScopeDeletions: isTrue(secrets.SkipOutOfScopeDeletions),
    deletionGuard: readGuard(secrets.SyncNotificationSettings),
  }
}

function readAuthentication(secrets: SecretSet, switches: Switches): Authentication {
  const { AuthenticationType: type, SecretToken: token } = secrets
  const hasOauth = Boolean(secrets.Oauth2ClientId && secrets.Oauth2TokenExchangeUri)
  if (type === OAUTH || (!type && hasOauth && switches.impliedByTemplate)) {
    const needed = switches.missingSecret === 'refused' ? ['Oauth2ClientId', 'Oauth2ClientSecret'] : ['Oauth2ClientId']
    const missing = needed.filter((key) => !secrets[key])
    if (missing.length > 0) throw invalid(`${OAUTH} needs ${missing.join(' and ')}, which are not set.`)
    return {
      kind: 'oauth',
      tokenEndpoint: tokenEndpointOf(secrets),
      clientId: secrets.Oauth2ClientId!,
      clientSecret: secrets.Oauth2ClientSecret || null,
      credentialLocation: locationOf(secrets.CredentialLocationInRequest) ?? switches.credentialLocation,
    }
  }
  const key = token ? 'SecretToken' : 'Oauth2AccessToken'
  const bearer = secrets[key]
  if (bearer) {
    if (isHeaderText(bearer)) return { kind: 'bearer', token: bearer }
    throw invalid(
      `${key} holds a character that no Authorization header can carry, such as a space, a line break or an accented letter. Give the token as the target shows it.`,
    )
  }
  if (hasOauth) {
    const is = type ? `is "${type}"` : 'is not set'
    throw invalid(`No access token was acquired: AuthenticationType ${is}; it must be ${OAUTH}.`)
  }
  throw invalid('No credentials: set SecretToken, or AuthenticationType with the OAuth keys.')
}

/** Whether a token can be sent as it is: RFC 6750 §2.1 has even less than all visible characters of ASCII. */
export const isHeaderText = (token: string): boolean => /^[\x21-\x7e]+$/.test(token)

/** @throws TargetError */
export const tokenEndpointOf = (secrets: SecretSet): string =>
  urlOf(secrets, 'Oauth2TokenExchangeUri', 'Please provide a valid token endpoint.').href

/** The connectivity parameter of that name: `Header` or `Body`. */
function locationOf(text: string | undefined): 'header' | 'body' | null {
  const location = text?.toLowerCase()
  return location === 'header' || location === 'body' ? location : null
}

function urlOf(secrets: SecretSet, key: string, message: string): URL {
  const text = secrets[key] ?? ''
  const url = URL.parse(text)
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw invalid(`${message} ${key} is ${text === '' ? 'not set' : `"${text}"`}.`)
}

function readGuard(json: string | undefined): Settings['deletionGuard'] {
  if (!json) return null
  try {
    const { DeleteThresholdEnabled: enabled, DeleteThresholdValue: value } = JSON.parse(json) as Record<string, unknown>
    return enabled === true ? { threshold: typeof value === 'number' ? value : null } : null
  } catch {
    return null
  }
}

const invalid = (message: string): TargetError => new TargetError(`${SCIM_CODE}InvalidCredentials`, message)
