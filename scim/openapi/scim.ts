import { listLimits } from '../limits.ts'
import type { ResourceType } from '../schema/model.ts'
import { userType } from '../schema/registry.ts'
import { listResponse } from './messages.ts'
import {
  type Described,
  type JsonSchema,
  type Parameter,
  type Paths,
  pathParameters,
  reference,
  response,
  responses,
} from './parts.ts'

const scimJson = 'application/scim+json'
const root = '/{tenant}/scim/v2'
const always = [400, 401, 403, 404, 406, 429, 500, 503]

/** All below a tenant's URL. */
export function scimPaths(types: ResourceType[]): Paths {
  const anyOf = { anyOf: types.map(({ name }) => reference(name)) }
  return {
    ...Object.assign({}, ...types.map(resourcePaths)),
    [`${root}/Me`]: single(userType, 'Me', '/Me'),
    ...listPaths('', 'All', 'users and groups', anyOf),
    [`${root}/Bulk`]: {
      post: described('/Bulk', {
        operationId: 'bulk',
        summary: 'Several writes, which may name what the others make',
        body: reference('BulkRequest'),
        answers: { 200: reference('BulkResponse') },
        refused: [413, 415],
      }),
    },
    ...discoveryPaths(),
  }
}

function resourcePaths(type: ResourceType): Paths {
  const { name, endpoint } = type
  const lists = listPaths(endpoint, `${name}s`, `${name.toLowerCase()}s`, reference(name))
  const made = described(endpoint, {
    operationId: `create${name}`,
    summary: `Makes a ${name.toLowerCase()}`,
    parameters: [...projection, prefer],
    body: reference(`New${name}`),
    answers: { 201: reference(name) },
    refused: [409, 413, 415],
  })
  return {
    ...lists,
    [root + endpoint]: { ...lists[root + endpoint], post: made },
    [`${root}${endpoint}/{id}`]: single(type, name, `${endpoint}/{id}`),
  }
}

function single({ name }: ResourceType, operation: string, path: string): Paths[string] {
  const what = operation === 'Me' ? 'the user that the caller is' : `a ${name.toLowerCase()}`
  const writes = { parameters: [...projection, ifMatch, prefer], refused: [409, 412, 413, 415] }
  const shown = { 200: reference(name) }
  return {
    get: described(path, {
      operationId: `get${operation}`,
      summary: `Reads ${what}`,
      parameters: [...projection, header('If-None-Match', 'Versions that the client has')],
      answers: { ...shown, 304: undefined },
    }),
    put: described(path, {
      operationId: `replace${operation}`,
      summary: `Replaces ${what}`,
      ...writes,
      body: reference(`New${name}`),
      answers: { ...shown, 204: undefined },
    }),
    patch: described(path, {
      operationId: `patch${operation}`,
      summary: `Changes ${what}; all of the operations or none`,
      ...writes,
      body: reference('PatchOp'),
      answers: { ...shown, 204: undefined },
    }),
    delete: described(path, {
      operationId: `delete${operation}`,
      summary: `Deletes ${what}`,
      parameters: [ifMatch],
      answers: { 204: undefined },
      refused: [412],
    }),
  }
}

function listPaths(path: string, operation: string, what: string, item: JsonSchema): Paths {
  const answers = { 200: listResponse(item) }
  return {
    [root + path]: {
      get: described(path, {
        operationId: `list${operation}`,
        summary: `Lists ${what}, by a filter if one is given`,
        parameters: [...query, ...projection],
        answers,
      }),
    },
    [`${root}${path}/.search`]: {
      post: described(`${path}/.search`, {
        operationId: `search${operation}`,
        summary: `Lists ${what}; what is asked stays out of the URL`,
        body: reference('SearchRequest'),
        answers,
        refused: [413, 415],
      }),
    },
  }
}

function discoveryPaths(): Paths {
  const read = (path: string, operationId: string, summary: string, schema: JsonSchema): Paths => ({
    [root + path]: { get: described(path, { operationId, summary, answers: { 200: schema } }) },
  })
  const [type, schema] = [reference('ScimResourceType'), reference('ScimSchema')]
  return {
    ...read('/ServiceProviderConfig', 'getServiceProviderConfig', 'What the service can do', { type: 'object' }),
    ...read('/ResourceTypes', 'listResourceTypes', 'Types of resources', listResponse(type)),
    ...read('/ResourceTypes/{name}', 'getResourceType', 'A type of resources', type),
    ...read('/Schemas', 'listSchemas', 'Schemas, with those that the tenant has added', listResponse(schema)),
    ...read('/Schemas/{id}', 'getSchema', 'A schema', schema),
  }
}

interface Call {
  operationId: string
  summary: string
  parameters?: Parameter[]
  body?: JsonSchema
  /** By status; undefined for an answer without body. */
  answers: Record<number, JsonSchema | undefined>
  refused?: number[]
}

function described(
  path: string,
  { operationId, summary, parameters = [], body, answers, refused = [] }: Call,
): Described {
  const given = Object.entries(answers).map(([status, schema]) => [status, response(Number(status), scimJson, schema)])
  return {
    operationId,
    tags: ['SCIM'],
    summary,
    parameters: [...pathParameters(root + path), ...parameters],
    ...(body && {
      requestBody: { required: true, content: { [scimJson]: { schema: body }, 'application/json': { schema: body } } },
    }),
    responses: {
      ...Object.fromEntries(given),
      ...responses([...always, ...refused], scimJson, reference('ScimError')),
    },
    security: [{ client: [] }],
  }
}

const parameter = (name: string, description: string, schema: JsonSchema = { type: 'string' }): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})
const header = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
})
const projection = [
  parameter('attributes', 'Only these are shown; separated by commas'),
  parameter('excludedAttributes', 'These are not shown; separated by commas'),
]
const query = [
  parameter('filter', 'RFC 7644 §3.4.2.2'),
  parameter('sortBy', 'An attribute'),
  parameter('sortOrder', 'Of sortBy', { enum: ['ascending', 'descending'] }),
  parameter('startIndex', 'From 1', { type: 'integer' }),
  parameter('count', `At most; ${listLimits.pageSize} and more are ${listLimits.pageSize}`, { type: 'integer' }),
  parameter('cursor', 'Empty for the first page, then nextCursor of the page before; instead of startIndex'),
]
const ifMatch = header('If-Match', 'The version that it must have by now')
const prefer = header('Prefer', 'return=minimal or return=representation')
