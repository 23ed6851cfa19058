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

export function loginErrorAnswer(failure: LoginFailure): WireResponse {
  const [traceId, correlationId] = [randomUUID(), randomUUID()]
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`
  return json(failure.status, {
    error: failure.error,
    error_description: `${failure.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
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

export const wrongSecret = (clientId: string) =>
  new LoginFailure(
    401,
    'invalid_client',
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  )

export const noCredential = () =>
  new LoginFailure(
    401,
    'invalid_client',
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  )

export const wrongAssertion = (clientId: string) =>
  new LoginFailure(
    401,
    'invalid_client',
    700027,
    `The client assertion of application '${clientId}' is not a valid, unexpired JWT.`,
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
