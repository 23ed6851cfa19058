import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authenticateClient } from '../storage/configurations.ts'
import type { Context } from './context.ts'
import { tokenSeconds } from './tokens.ts'

type Form = Record<string, string | string[] | undefined>

/** POST /{tenant}/oauth2/token: the client credentials grant, RFC 6749 §4.4; the client by Basic header or in the body. */
export function oauthRoutes(app: FastifyInstance, context: Context): void {
  app.post<{ Params: { tenant: string } }>('/:tenant/oauth2/token', async (request, reply) => {
    void reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
    const form = (request.body ?? {}) as Form
    if (!isForm(request))
      return refuse(reply, 400, 'invalid_request', 'The body must be application/x-www-form-urlencoded')
    if (Object.values(form).some(Array.isArray))
      return refuse(reply, 400, 'invalid_request', 'A parameter is given twice')
    if (!form.grant_type) return refuse(reply, 400, 'invalid_request', 'grant_type is missing; use client_credentials')
    if (form.grant_type !== 'client_credentials') {
      return refuse(reply, 400, 'unsupported_grant_type', 'Only grant_type=client_credentials is supported')
    }
    const client = readClient(request, form)
    const configuration =
      client && (await authenticateClient(context.database, request.params.tenant, client.id, client.secret))
    if (!configuration) {
      void reply.header('www-authenticate', 'Basic realm="token", charset="UTF-8"')
      return refuse(
        reply,
        401,
        'invalid_client',
        'The client id or the client secret is wrong, or the secret has expired',
      )
    }
    const token = await context.tokens.issue(request.params.tenant, configuration)
    return { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds }
  })
}

function refuse(reply: FastifyReply, status: number, error: string, description: string): FastifyReply {
  return reply.code(status).send({ error, error_description: description })
}

function isForm(request: FastifyRequest): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false
}

/** The parts of a Basic header are form-encoded before they are joined: RFC 6749 §2.3.1. */
function readClient(request: FastifyRequest, form: Form): { id: string; secret: string } | undefined {
  const basic = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (basic) {
    const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? []
    return id && secret ? { id: formDecode(id), secret: formDecode(secret) } : undefined
  }
  const { client_id: id, client_secret: secret } = form as Record<string, string | undefined>
  return id && secret ? { id, secret } : undefined
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
