import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { failureOf } from '../failures.ts'
import { assertionAlgorithms } from '../oauth/assertions.ts'
import { invalidRequest, OAuthError } from '../oauth/errors.ts'
import { grant, readCredentials } from '../oauth/grant.ts'
import { IssuerUnreachable } from '../oauth/issuers.ts'
import { scopes } from '../oauth/scopes.ts'
import { type Context, issuerUrl, tenantUrl, tokenEndpoint } from './context.ts'

type Params = { tenant: string }

/** An assertion fits; nothing that a client has to send here is longer. */
const bodyLimit = 64 * 1024

/** /{tenant}/oauth2: the client credentials grant of RFC 6749 §4.4, the keys that tokens are signed with, RFC 8414 metadata. */
export async function oauthRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.setErrorHandler<Error>((error, request, reply) => {
    const refusal = asOAuthError(error)
    if (request.method === 'POST') context.metrics.tokenRequest(refusal.code)
    context.noteFailure(error, refusal.status, request, reply)
    return sendRefusal(refusal, reply)
  })

  app.post<{ Params: Params }>('/:tenant/oauth2/token', { bodyLimit }, async (request, reply) => {
    void reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
    const { tenant } = request.params
    const asked = { tenant, form: readForm(request), authorization: request.headers.authorization }
    const credentials = readCredentials(asked)
    const addresses = [tokenEndpoint(context, tenant), issuerUrl(context, tenant)]
    context.signIns.check(request, reply, credentials.id)
    const { client, scope, seconds } = await grant(
      context.database,
      context.issuers,
      asked,
      credentials,
      addresses,
    ).catch((error) => {
      if (error instanceof OAuthError && error.code === 'invalid_client')
        context.signIns.failed(request, credentials.id)
      throw error
    })
    const token = await context.tokens.issue({
      issuer: issuerUrl(context, tenant),
      audience: tenantUrl(context, tenant),
      configuration: client.id,
      clientId: client.clientId,
      scope,
      seconds,
    })
    context.metrics.tokenRequest('granted')
    return { access_token: token, token_type: 'Bearer', expires_in: seconds, scope }
  })

  app.get('/:tenant/oauth2/keys', async (_request, reply) => {
    void reply.header('cache-control', 'public, max-age=60')
    return await context.signingKeys.published()
  })

  const metadata = async (request: FastifyRequest): Promise<object> =>
    describe(context, (request.params as Params).tenant)
  app.get('/.well-known/oauth-authorization-server/:tenant/oauth2', metadata)
  app.get('/:tenant/oauth2/.well-known/oauth-authorization-server', metadata)
}

/** RFC 8414 §2. Says nothing about whether there is such a tenant. */
function describe(context: Context, tenant: string): object {
  return {
    issuer: issuerUrl(context, tenant),
    token_endpoint: tokenEndpoint(context, tenant),
    jwks_uri: `${issuerUrl(context, tenant)}/keys`,
    scopes_supported: scopes,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  }
}

/** Credentials in the URL would be in the logs of whatever stands before the service: RFC 6749 §2.3.1. */
function readForm(request: FastifyRequest): Record<string, string | undefined> {
  if (Object.keys(request.query as object).length > 0)
    throw invalidRequest('Parameters belong in the body, not in the URL')
  const type = request.headers['content-type']?.toLowerCase() ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw invalidRequest('The body must be application/x-www-form-urlencoded')
  }
  const form = (request.body ?? {}) as Record<string, string | string[] | undefined>
  const twice = Object.keys(form).find((name) => Array.isArray(form[name]))
  if (twice !== undefined) throw invalidRequest(`A parameter is given twice: ${twice.slice(0, 80)}`)
  return form as Record<string, string | undefined>
}

function sendRefusal(refusal: OAuthError, reply: FastifyReply): FastifyReply {
  if (refusal.status === 401) void reply.header('www-authenticate', 'Basic realm="token", charset="UTF-8"')
  return reply.code(refusal.status).send({ error: refusal.code, error_description: refusal.message })
}

function asOAuthError(error: FastifyError | Error): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof IssuerUnreachable) return new OAuthError(503, 'temporarily_unavailable', error.message)
  const { status, message } = failureOf(error)
  if (status !== 500) return new OAuthError(status, 'temporarily_unavailable', message)
  const given = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (given < 500) return new OAuthError(given === 413 ? 413 : 400, 'invalid_request', error.message)
  return new OAuthError(500, 'server_error', message)
}
