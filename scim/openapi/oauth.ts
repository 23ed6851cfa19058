import { type Described, type JsonSchema, type Paths, pathParameters, reference, response, responses } from './parts.ts'

const json = 'application/json'
const token = '/{tenant}/oauth2/token'
const keys = '/{tenant}/oauth2/keys'
const metadata = [
  '/.well-known/oauth-authorization-server/{tenant}/oauth2',
  '/{tenant}/oauth2/.well-known/oauth-authorization-server',
]

/** The token endpoint, and what clients and others find out about it. */
export function oauthPaths(): Paths {
  return {
    [token]: {
      post: {
        operationId: 'issueToken',
        tags: ['OAuth'],
        summary: 'Issues an access token, by the client credentials grant',
        parameters: pathParameters(token),
        requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: tokenRequest } } },
        responses: {
          200: response(200, json, tokenAnswer),
          ...responses([400, 401, 413, 429, 500, 503], json, reference('OAuthError')),
        },
        security: [{ basic: [] }, {}],
      },
    },
    [keys]: { get: open('listTokenKeys', 'The keys that access tokens are verified by: RFC 7517 §5', keys, jwkSet) },
    ...Object.fromEntries(
      metadata.map((path, index) => [
        path,
        { get: open(`getTokenMetadata${index === 0 ? '' : 'BelowIssuer'}`, 'RFC 8414 §2', path, { type: 'object' }) },
      ]),
    ),
  }
}

const open = (operationId: string, summary: string, path: string, schema: JsonSchema): Described => ({
  operationId,
  tags: ['OAuth'],
  summary,
  parameters: pathParameters(path),
  responses: { 200: response(200, json, schema), ...responses([429, 500, 503], json, reference('OAuthError')) },
  security: [{}],
})

const text: JsonSchema = { type: 'string' }
const tokenRequest: JsonSchema = {
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: { const: 'client_credentials' },
    client_id: text,
    client_secret: text,
    client_assertion_type: { const: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
    client_assertion: text,
    scope: text,
  },
}
const tokenAnswer: JsonSchema = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'scope'],
  properties: {
    access_token: text,
    token_type: { const: 'Bearer' },
    expires_in: { type: 'integer', minimum: 1 },
    scope: text,
  },
  additionalProperties: false,
}
const jwkSet: JsonSchema = {
  type: 'object',
  required: ['keys'],
  properties: {
    keys: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kty', 'kid', 'alg'],
        properties: { kty: text, kid: text, alg: text },
        not: { required: ['d'] },
      },
    },
  },
}

/** RFC 6749 §5.2. */
export const oauthError: JsonSchema = {
  type: 'object',
  required: ['error', 'error_description'],
  properties: { error: text, error_description: text },
  additionalProperties: false,
}
