import { z } from 'zod'
import type { Role } from '../entra/principal.ts'
import type { Operation } from '../http/management/operation.ts'
import {
  type Described,
  type JsonSchema,
  type Method,
  type Parameter,
  type Paths,
  pathParameters,
  reference,
  response,
  responses,
} from './parts.ts'

const json = 'application/json'

/** The management API, from the operations that its routes are made of. */
export function managementPaths(operations: Operation[]): Paths {
  const paths: Paths = {}
  for (const each of operations) {
    const path = `/api${each.path}`
    paths[path] = { ...paths[path], [each.method.toLowerCase() as Method]: describe(each) }
  }
  return paths
}

function describe({ name, method, path, summary, query, body, answer, status, conflict }: Operation): Described {
  const refused = [400, 401, 403, ...(path.includes('{') ? [404] : []), ...(body ? [413, 415] : []), 429, 500, 503]
  const required = body && !body.safeParse({}).success
  return {
    operationId: name,
    tags: ['Management'],
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body && {
      requestBody: { required: required === true, content: { [json]: { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      [status]: response(status, json, answer && schemaOf(answer, 'output')),
      ...responses(refused, json, reference('ManagementError')),
      ...(conflict && { 409: { ...response(409, json, reference('ManagementError')), description: conflict } }),
    },
    security: managers(method === 'GET' ? 'Read' : 'Manage'),
  }
}

/** The admin token, or an access token of Entra ID with an app role; the schemes are described in the document. */
export const managers = (role: Role): Described['security'] => [{ management: [] }, { entra: [role] }]

function queryParameters(query: z.ZodType): Parameter[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...result } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' })
  return result
}
