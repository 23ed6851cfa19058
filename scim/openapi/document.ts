import { errorAnswer } from '../http/management/errors.ts'
import { operations } from '../http/management/operations.ts'
import { groupType, userType } from '../schema/registry.ts'
import { managementPaths, managers, schemaOf } from './management.ts'
import { bulkRequest, bulkResponse, patchOp, scimError, searchRequest } from './messages.ts'
import { oauthError, oauthPaths } from './oauth.ts'
import { type Described, type JsonSchema, type Paths, response, responses } from './parts.ts'
import { sentResource, shownResource } from './resources.ts'
import { scimPaths } from './scim.ts'

export interface OpenApi {
  openapi: '3.1.1'
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Paths
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, object> }
}

/**
 * The description of all that the service answers to programs, from what its routes and its validation are made of: the
 * operations of the management API and the shipped schemas of SCIM. Schemas that a tenant adds are at its /Schemas.
 */
export function openApi(): OpenApi {
  const types = [userType, groupType]
  return {
    openapi: '3.1.1',
    info: {
      title: 'Entrada SCIM service',
      version: '2.0',
      description:
        'Provisioning by SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865), its token endpoint, and its management API',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'SCIM', description: 'For identity providers, with an access token' },
      { name: 'OAuth', description: 'Access tokens' },
      {
        name: 'Management',
        description: 'For administrators and deployments, with the admin token or as who has an app role in Entra ID',
      },
      { name: 'Operation', description: 'For who runs the service' },
    ],
    paths: { ...scimPaths(types), ...oauthPaths(), ...managementPaths(operations), ...servicePaths() },
    components: {
      schemas: {
        ...Object.fromEntries(types.map((type) => [type.name, shownResource(type)])),
        ...Object.fromEntries(types.map((type) => [`New${type.name}`, sentResource(type)])),
        PatchOp: patchOp,
        SearchRequest: searchRequest,
        BulkRequest: bulkRequest,
        BulkResponse: bulkResponse,
        ScimResourceType: discovered(['name', 'endpoint', 'schema']),
        ScimSchema: discovered(['id', 'name', 'attributes']),
        ScimError: scimError,
        OAuthError: oauthError,
        ManagementError: schemaOf(errorAnswer, 'output'),
      },
      securitySchemes: {
        client: { type: 'http', scheme: 'bearer', description: 'An access token from the token endpoint' },
        management: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin token, where the service has one; /metrics takes the metrics token too',
        },
        entra: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'Where the service is an application of an Entra tenant: an access token for api://{client id}/.default, with the app role that is named. Manage may do all that Read may',
        },
        basic: { type: 'http', scheme: 'basic', description: 'Client id and secret; they may be in the body instead' },
      },
    },
  }
}

const discovered = (names: string[]): JsonSchema => ({
  type: 'object',
  required: ['schemas', ...names, 'meta'],
  properties: { schemas: { type: 'array', items: { type: 'string' } } },
})

function servicePaths(): Paths {
  const json = 'application/json'
  const status: JsonSchema = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } }
  const read = (
    operationId: string,
    summary: string,
    more: Pick<Described, 'responses' | 'security'>,
  ): Paths[string] => ({
    get: { operationId, tags: ['Operation'], summary, ...more },
  })
  return {
    '/healthz': read('getHealth', 'Whether the process lives', {
      responses: { 200: response(200, json, status) },
      security: [{}],
    }),
    '/readyz': read('getReadiness', 'Whether it can be sent requests', {
      responses: responses([200, 503], json, status),
      security: [{}],
    }),
    '/metrics': read('getMetrics', 'Figures for Prometheus', {
      responses: {
        200: response(200, 'text/plain', { type: 'string' }),
        ...responses([401, 429], json, { type: 'object', required: ['error'] }),
      },
      security: managers('Read'),
    }),
    '/openapi.json': read('getDescription', 'This description', {
      responses: { 200: response(200, json, { type: 'object', required: ['openapi', 'paths'] }) },
      security: [{}],
    }),
  }
}
