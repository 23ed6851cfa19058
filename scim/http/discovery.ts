import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound, ScimError } from '../errors.ts'
import { bulkLimits, listLimits } from '../limits.ts'
import { onlyValue, type UrlParameters } from '../protocol/query.ts'
import type { ResourceType, Schema } from '../schema/model.ts'
import { type Context, tenantUrl } from './context.ts'
import { sendScim } from './messages.ts'

/** RFC 7644 §4: what the service can do, from the registry that it works by. */
export function discoveryRoutes(app: FastifyInstance, context: Context): void {
  const base = (request: FastifyRequest): string => tenantUrl(context, request.caller.tenant.name)

  app.get('/ServiceProviderConfig', (request, reply) => {
    refuseFilter(request)
    return sendScim(reply, serviceProviderConfig(base(request)))
  })
  app.get('/ResourceTypes', (request, reply) => {
    refuseFilter(request)
    return sendScim(reply, list(typesOf(request).map((type) => describeType(type, base(request)))))
  })
  app.get<{ Params: { name: string } }>('/ResourceTypes/:name', (request, reply) => {
    const type = typesOf(request).find(({ name }) => name.toLowerCase() === request.params.name.toLowerCase())
    if (!type) throw notFound('ResourceType', request.params.name)
    return sendScim(reply, describeType(type, base(request)))
  })
  app.get('/Schemas', (request, reply) => {
    refuseFilter(request)
    return sendScim(reply, list(schemasOf(request).map((schema) => describeSchema(schema, base(request)))))
  })
  app.get<{ Params: { id: string } }>('/Schemas/:id', (request, reply) => {
    const schema = schemasOf(request).find(({ id }) => id.toLowerCase() === request.params.id.toLowerCase())
    if (!schema) throw notFound('Schema', request.params.id)
    return sendScim(reply, describeSchema(schema, base(request)))
  })
}

const typesOf = (request: FastifyRequest): ResourceType[] => request.caller.tenant.registry.types
const schemasOf = (request: FastifyRequest): Schema[] =>
  typesOf(request).flatMap((type) => [type.core, ...type.extensions])

function refuseFilter(request: FastifyRequest): void {
  if (onlyValue(request.query as UrlParameters, 'filter') !== undefined)
    throw new ScimError(403, 'Discovery endpoints cannot be filtered')
}

function list(resources: object[]): object {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

function describeSchema(schema: Schema, base: string): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...schema,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  }
}

function describeType(type: ResourceType, base: string): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.core.id,
    schemaExtensions: type.extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.name}` },
  }
}

function serviceProviderConfig(base: string): object {
  const unsupported = { supported: false }
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: {
      supported: true,
      maxOperations: bulkLimits.maxOperations,
      maxPayloadSize: bulkLimits.maxPayloadSize,
    },
    filter: { supported: true, maxResults: listLimits.pageSize },
    changePassword: unsupported,
    sort: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: listLimits.pageSize,
      maxPageSize: listLimits.pageSize,
      cursorTimeout: listLimits.cursorSeconds,
    },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth 2.0 bearer token',
        description: 'A token from the token endpoint, by the client credentials grant',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}
