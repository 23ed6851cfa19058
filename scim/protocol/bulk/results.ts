import type { ScimError } from '../../errors.ts'
import type { ScimAnswer, ScimRequest } from '../request.ts'
import { type Session, typeOf } from '../session.ts'
import type { BulkOperation } from './operations.ts'

/** What a bulk response says of one operation: RFC 7644 §3.7.3. */
export interface Result {
  method: string
  bulkId?: string
  location?: string
  version?: string
  status: string
  response?: object
}

const statuses = { create: '201', replace: '200', patch: '200', delete: '204', get: '200' }

export function successResult(
  session: Session,
  { method, bulkId }: BulkOperation,
  request: ScimRequest,
  { etag }: ScimAnswer,
): Result {
  return {
    method,
    ...(bulkId !== undefined && { bulkId }),
    location: locationOf(session, request),
    ...(etag && { version: etag }),
    status: statuses[request.method],
  }
}

/** `request` undefined: the operation stands for none. A POST that failed has no location. */
export function errorResult(
  session: Session,
  { method, bulkId }: BulkOperation,
  request: ScimRequest | undefined,
  error: ScimError,
): Result {
  return {
    method,
    ...(bulkId !== undefined && { bulkId }),
    ...(request && request.method !== 'create' && { location: locationOf(session, request) }),
    status: String(error.status),
    response: error.body(),
  }
}

const locationOf = (session: Session, request: ScimRequest): string =>
  `${session.tenantUrl}${typeOf(session, request).endpoint}/${request.id}`
