import { badRequest, clip, ScimError } from '../../errors.ts'
import type { Json } from '../../filter/match.ts'
import { bulkLimits } from '../../limits.ts'
import { asObject, getCaseless, requireSchema } from '../../resource/body.ts'
import type { ScimRequest } from '../request.ts'

/** One operation of a bulk request, as it was sent. */
export interface BulkOperation {
  /** In capitals. */
  method: string
  path: string
  bulkId?: string
  version?: string
  data: unknown
}

/**
 * The operations of a bulk request, and after how many errors it ends: RFC 7644 §3.7. What is wrong with one operation alone is
 * left to its turn. Throws 413 for more than are allowed, 400 for a request that is none or uses a bulkId twice.
 */
export function readBulk(body: unknown): { operations: BulkOperation[]; failOnErrors: number } {
  const object = asObject(body, 'The body')
  requireSchema(object, 'urn:ietf:params:scim:api:messages:2.0:BulkRequest')
  const given = getCaseless(object, 'Operations')
  if (!Array.isArray(given)) throw badRequest('invalidSyntax', '"Operations" must be an array')
  if (given.length > bulkLimits.maxOperations) {
    const { length } = given
    throw new ScimError(413, `There are ${length} operations; at most ${bulkLimits.maxOperations} are allowed`)
  }
  const operations = given.map((each) => readOperation(asObject(each, 'An operation')))
  refuseSharedIds(operations)
  const failOnErrors = getCaseless(object, 'failOnErrors') ?? Number.POSITIVE_INFINITY
  if (typeof failOnErrors !== 'number' || failOnErrors < 1) {
    throw badRequest('invalidValue', `failOnErrors must be 1 or more; it was ${clip(JSON.stringify(failOnErrors))}`)
  }
  return { operations, failOnErrors }
}

function readOperation(operation: Json): BulkOperation {
  const [method, path, bulkId, version] = ['method', 'path', 'bulkId', 'version'].map((name) => {
    const value = getCaseless(operation, name) ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw badRequest('invalidSyntax', `${name} of an operation must be a string`)
  })
  return {
    method: method?.toUpperCase() ?? '',
    path: path ?? '',
    ...(bulkId !== undefined && { bulkId }),
    ...(version !== undefined && { version }),
    data: getCaseless(operation, 'data'),
  }
}

function refuseSharedIds(operations: BulkOperation[]): void {
  const ids = operations.flatMap(({ method, bulkId }) => (method === 'POST' && bulkId ? [bulkId] : []))
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice) throw badRequest('invalidSyntax', `bulkId ${JSON.stringify(clip(twice))} is of two operations`)
}

const types = { Users: 'User', Groups: 'Group' } as const
const methods = { POST: 'create', PUT: 'replace', PATCH: 'patch', DELETE: 'delete' } as const

/**
 * The request that an operation stands for. `newId`: of what a POST makes. Throws 400 `invalidSyntax` for a method that bulk does
 * not have or a POST without bulkId, 404 for a path to nothing.
 */
export function requestOf(operation: BulkOperation, newId: string): ScimRequest {
  const { method, path, bulkId, version, data } = operation
  const isMethod = Object.hasOwn(methods, method)
  if (!isMethod) {
    throw badRequest(
      'invalidSyntax',
      `method must be POST, PUT, PATCH or DELETE; it was ${JSON.stringify(clip(method))}`,
    )
  }
  const [, endpoint, id] = /^\/(Users|Groups)(?:\/([^/?#]+))?$/.exec(path) ?? []
  if (!endpoint || (method === 'POST') !== (id === undefined)) {
    throw new ScimError(404, `There is nothing at ${method} ${clip(path)}`)
  }
  if (method === 'POST' && !bulkId) throw badRequest('invalidSyntax', 'A POST in a bulk request needs a bulkId')
  return {
    method: methods[method as keyof typeof methods],
    type: types[endpoint as keyof typeof types],
    id: id ?? newId,
    body: method === 'DELETE' ? undefined : asObject(data, 'data'),
    ifMatch: version,
    prefer: 'return=minimal',
  }
}
