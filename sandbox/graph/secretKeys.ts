import { GraphFailure } from './errors.ts'

/** Members of Graph's enum `synchronizationSecret` (v1.0 metadata). */
const KEYS = new Set(
  `None UserName Password SecretToken AppKey BaseAddress ClientIdentifier ClientSecret SingleSignOnType Sandbox Url Domain
  ConsumerKey ConsumerSecret TokenKey TokenExpiration Oauth2AccessToken Oauth2AccessTokenCreationTime Oauth2RefreshToken
  SyncAll InstanceName Oauth2ClientId Oauth2ClientSecret CompanyId UpdateKeyOnSoftDelete SynchronizationSchedule
  SystemOfRecord SandboxName EnforceDomain SyncNotificationSettings SkipOutOfScopeDeletions Oauth2AuthorizationCode
  Oauth2RedirectUri ApplicationTemplateIdentifier Oauth2TokenExchangeUri Oauth2AuthorizationUri AuthenticationType Server
  PerformInboundEntitlementGrants HardDeletesEnabled SyncAgentCompatibilityKey SyncAgentADContainer ValidateDomain
  TestReferences ConnectionString`.split(/\s+/),
)

const SECRET_KEYS = new Set(
  `Password SecretToken AppKey ClientSecret ConsumerSecret TokenKey Oauth2AccessToken Oauth2RefreshToken
  Oauth2ClientSecret Oauth2AuthorizationCode ConnectionString`.split(/\s+/),
)

/** What Graph shows in place of a secret. */
export const REDACTED = '*'

/** Connectivity parameters that no secret stands for are not listed among the secrets. */
export const isMember = (key: string): boolean => KEYS.has(key)

export const isSecret = (key: string): boolean => SECRET_KEYS.has(key)

/**
 * Key/value pairs of a body.
 * @throws GraphFailure 500 for an unknown key, as the service has it, and 400 for what is no list of pairs
 */
export function readPairs(pairs: unknown, property: string): Record<string, string> {
  if (!Array.isArray(pairs)) {
    throw new GraphFailure(
      400,
      'RequestMissingRequiredParameter',
      `The request is missing the required parameter '${property}'.`,
    )
  }
  const read: Record<string, string> = {}
  for (const pair of pairs as { key?: unknown; value?: unknown }[]) {
    if (typeof pair?.key !== 'string' || typeof pair.value !== 'string') {
      throw new GraphFailure(
        400,
        'Request_BadRequest',
        `Each member of '${property}' has a key and a value, both text.`,
      )
    }
    if (!KEYS.has(pair.key))
      throw new GraphFailure(500, 'InternalError', `Requested value '${pair.key}' was not found.`)
    read[pair.key] = pair.value
  }
  return read
}
