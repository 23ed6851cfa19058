import type { ScimType } from '../errors.ts'
import { bulkLimits, listLimits, patchLimits } from '../limits.ts'
import { type JsonSchema, reference } from './parts.ts'

const message = (name: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string' },
  contains: { const: `urn:ietf:params:scim:api:messages:2.0:${name}` },
})
const names: JsonSchema = { type: 'array', items: { type: 'string' } }
const scimTypes: ScimType[] = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
  'invalidCursor',
  'expiredCursor',
  'invalidCount',
]

/** RFC 7644 §3.12. */
export const scimError: JsonSchema = {
  type: 'object',
  required: ['schemas', 'status', 'detail'],
  properties: {
    schemas: message('Error'),
    status: { type: 'string', pattern: '^[45]\\d\\d$' },
    scimType: { enum: scimTypes },
    detail: { type: 'string' },
  },
  additionalProperties: false,
}

/** RFC 7644 §3.4.2, RFC 9865 §2. */
export const listResponse = (item: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['schemas', 'totalResults', 'itemsPerPage', 'Resources'],
  properties: {
    schemas: message('ListResponse'),
    totalResults: { type: 'integer', minimum: 0 },
    itemsPerPage: { type: 'integer', minimum: 0, maximum: listLimits.pageSize },
    startIndex: { type: 'integer', minimum: 1 },
    nextCursor: { type: 'string' },
    Resources: { type: 'array', items: item },
  },
  additionalProperties: false,
})

/** RFC 7644 §3.4.3. */
export const searchRequest: JsonSchema = {
  type: 'object',
  required: ['schemas'],
  properties: {
    schemas: message('SearchRequest'),
    filter: { type: 'string' },
    attributes: names,
    excludedAttributes: names,
    sortBy: { type: 'string' },
    sortOrder: { enum: ['ascending', 'descending'] },
    startIndex: { type: 'integer' },
    count: { type: 'integer' },
    cursor: { type: 'string', description: 'Empty for the first page, then nextCursor of the page before' },
  },
}

/** RFC 7644 §3.5.2. */
export const patchOp: JsonSchema = {
  type: 'object',
  required: ['schemas', 'Operations'],
  properties: {
    schemas: message('PatchOp'),
    Operations: {
      type: 'array',
      minItems: 1,
      maxItems: patchLimits.operations,
      items: {
        type: 'object',
        required: ['op'],
        properties: { op: { enum: ['add', 'remove', 'replace'] }, path: { type: 'string' }, value: {} },
      },
    },
  },
}

/** RFC 7644 §3.7. */
export const bulkRequest: JsonSchema = {
  type: 'object',
  required: ['schemas', 'Operations'],
  properties: {
    schemas: message('BulkRequest'),
    failOnErrors: { type: 'integer', minimum: 1 },
    Operations: {
      type: 'array',
      maxItems: bulkLimits.maxOperations,
      items: {
        type: 'object',
        required: ['method', 'path'],
        properties: {
          method: { enum: ['POST', 'PUT', 'PATCH', 'DELETE'] },
          path: { type: 'string' },
          bulkId: { type: 'string' },
          version: { type: 'string' },
          data: { type: 'object' },
        },
      },
    },
  },
}

export const bulkResponse: JsonSchema = {
  type: 'object',
  required: ['schemas', 'Operations'],
  properties: {
    schemas: message('BulkResponse'),
    Operations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['method', 'status'],
        properties: {
          method: { type: 'string' },
          status: { type: 'string', pattern: '^\\d{3}$' },
          location: { type: 'string', format: 'uri' },
          bulkId: { type: 'string' },
          version: { type: 'string' },
          response: { anyOf: [reference('ScimError'), reference('User'), reference('Group')] },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
}
