import { randomUUID } from 'node:crypto'
import { json, type WireResponse } from '../http/exchange.ts'

/** A sign-in that Entra refuses, in the words of its error codes (Entra: authentication and authorization errors). */
export class LoginFailure extends Error {
  readonly status: number
  readonly error: string
  readonly number: number

  constructor(status: number, error: string, number: number, text: string) {
    super(`AADSTS${number}: ${text}`)
    this.status = status
    this.error = error
    this.number = number
  }
}

/** @param correlationId the client's own id of the request, where it sent one */
export function loginErrorAnswer(failure: LoginFailure, correlationId: string = randomUUID()): WireResponse {
  const traceId = randomUUID()
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`
  return json(failure.status, {
    error: failure.error,
    error_description: `${failure.message}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`,
    error_codes: [failure.number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${failure.number}`,
  })
}

export const missingParameter = (name: string) =>
  new LoginFailure(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`)

export const unknownTenant = (tenant: string) =>
  new LoginFailure(
    400,
    'invalid_request',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  )

export const unknownClient = (clientId: string, tenant: string) =>
  new LoginFailure(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  )

const invalidClient = (number: number, text: string) => new LoginFailure(401, 'invalid_client', number, text)

/** As Entra writes times in these texts. */
const instant = (seconds: number): string => new Date(seconds * 1000).toISOString()

export const wrongSecret = (clientId: string) =>
  invalidClient(
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  )

export const noCredential = () =>
  invalidClient(
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  )

export const expiredSecret = (clientId: string) =>
  invalidClient(
    7000222,
    `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  )

export const disabledClient = (clientId: string, name: string) =>
  new LoginFailure(401, 'unauthorized_client', 7000112, `Application '${clientId}'(${name}) is disabled.`)

export const malformedAssertion = () => invalidClient(50027, 'JWT token is invalid or malformed.')

export const outdatedAssertion = (now: number, from: number, until: number) =>
  invalidClient(
    700024,
    `Client assertion is not within its valid time range. Current time: ${instant(now)}, assertion valid from ${instant(from)}, expiry time of assertion ${instant(until)}.`,
  )

export const wrongAssertionClient = () =>
  invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")

export const wrongAssertionAudience = (audience: string) =>
  invalidClient(700023, `Client assertion audience claim does not match Realm issuer. It is '${audience}'.`)

export const unregisteredKey = (clientId: string, thumbprint: string, reason: string) =>
  invalidClient(
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}'] for application '${clientId}'.`,
  )

export const wrongSignature = () => invalidClient(700027, 'Client assertion failed signature validation.')

export const replayedAssertion = (id: string) =>
  invalidClient(50013, `Assertion failed validation: the assertion with the id '${id}' was used before.`)

export const noFederatedIdentity = (issuer: string, subject: string, audience: string) =>
  new LoginFailure(
    400,
    'invalid_request',
    70021,
    `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. ${FEDERATION_HELP}`,
  )

const FEDERATION_NUMBERS = { issuer: 700211, audience: 700212, subject: 700213 }
const FEDERATION_HELP = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation'

export const unmatchedFederation = (what: keyof typeof FEDERATION_NUMBERS, presented: string) =>
  invalidClient(
    FEDERATION_NUMBERS[what],
    `No matching federated identity record found for presented assertion ${what} '${presented}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${FEDERATION_HELP}`,
  )

export const notManagedIdentity = () =>
  invalidClient(700226, 'Only MSI tokens may be used as Federated Identity Credentials for AAD issuer.')

export const issuerUnreachable = (issuer: string) =>
  new LoginFailure(400, 'invalid_request', 50166, `Request to External OIDC endpoint failed: the keys of '${issuer}'.`)

export const unassignedClient = (clientId: string, name: string, resource: { appId: string; displayName: string }) =>
  new LoginFailure(
    400,
    'invalid_grant',
    501051,
    `Application '${clientId}'(${name}) is not assigned to a role for the application '${resource.appId}'(${resource.displayName}).`,
  )

export const unsupportedGrant = (grant: string) =>
  new LoginFailure(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)

export const wrongScope = (scope: string) =>
  new LoginFailure(
    400,
    'invalid_scope',
    1002012,
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  )

export const unknownResource = (resource: string, tenant: string) =>
  new LoginFailure(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  )

/** Of the sign-in page. */
export const unknownUser = (name: string, tenant: string) =>
  new LoginFailure(400, 'access_denied', 50034, `The user account '${name}' does not exist in the ${tenant} directory.`)

export const disabledUser = () => new LoginFailure(400, 'access_denied', 50057, 'The user account is disabled.')

export const unassignedUser = (user: string, clientId: string, name: string) =>
  new LoginFailure(
    400,
    'access_denied',
    50105,
    `Your administrator has configured the application ${name} ('${clientId}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '${user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator.`,
  )

export const unregisteredRedirect = (redirectUri: string, clientId: string) =>
  new LoginFailure(
    400,
    'invalid_request',
    50011,
    `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
  )

const invalidGrant = (number: number, text: string) => new LoginFailure(400, 'invalid_grant', number, text)

export const codeUnknown = () =>
  invalidGrant(70008, 'The provided authorization code or refresh token has expired due to inactivity.')

export const codeRedeemed = () =>
  invalidGrant(54005, 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.')

export const wrongRedirect = (sent: string, asked: string) =>
  invalidGrant(
    500112,
    `The reply address '${sent}' does not match the reply address '${asked}' provided when requesting Authorization code.`,
  )

export const wrongVerifier = () =>
  invalidGrant(501481, 'The Code_Verifier does not match the code_challenge supplied in the authorization request.')
