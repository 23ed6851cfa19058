import { ScimError } from './errors.ts'
import { Refusal } from './operations/refusal.ts'
import { isUnreachable, tookTooLong } from './storage/database.ts'

/** How a request has failed through no fault of the client's. */
export interface Failure {
  status: 429 | 500 | 503
  message: string
}

/** What a client is told of any error that no part of the service has made for it: nothing of the inside. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return { status: error.statusCode, message: error.message }
  if (tookTooLong(error)) return { status: 503, message: 'The request took longer than any may; try again' }
  if (isUnreachable(error)) return { status: 503, message: 'The database cannot be reached now; try again' }
  return { status: 500, message: 'The service failed to answer this request' }
}

export function asScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error
  const { status, message } = failureOf(error)
  return new ScimError(status, message)
}
