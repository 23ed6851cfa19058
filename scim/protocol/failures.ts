import { ScimError } from '../errors.ts'
import { isUnreachable, tookTooLong } from '../storage/database.ts'

/** What a client is told of an error of any kind; of one that is not its own doing, nothing of the inside. */
export function asScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error
  if (isUnreachable(error)) return new ScimError(503, 'The database cannot be reached now; try again')
  if (tookTooLong(error)) return new ScimError(503, 'The request took longer than any may; try again')
  return new ScimError(500, 'The service failed to answer this request')
}
