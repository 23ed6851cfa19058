import type { LogRecord } from '../../tenant/model.ts'

/** Source: Microsoft Learn, "Analyze the Microsoft Entra provisioning logs", error codes. */
const ADVICE: Readonly<Record<string, string>> = {
  EntryConflict:
    'Change the attribute that conflicts, or the matching attribute, so that the existing object is found.',
  TooManyRequests: 'The target limits its requests. Nothing is to be done: the service tries again.',
  InternalServerError: 'The target failed. The service tries again; see the log of the target.',
  InsufficientRights: 'Check that the credentials may do this at the target.',
  MethodNotAllowed: 'Check that the target allows this request, and that the credentials may make it.',
  Unauthorized: 'Check the credentials; the target refused them.',
  UnprocessableEntity: 'The target could not use the values. Check the attribute mappings.',
  WebExceptionProtocolError: 'The target could not be reached, or broke the HTTP protocol. The service tries again.',
  InvalidAnchor: 'The object was deleted at the target. Restart provisioning so that it is matched again.',
  NotImplemented: 'The target does not have this feature. Check the attribute mappings.',
  MandatoryFieldsMissing: 'Give the source object a value for the required attribute, or change its mapping.',
  Timeout: 'The target was too slow. The service tries again.',
  DuplicateTargetEntries: 'Remove the duplicate at the target, or choose a matching attribute that is unique.',
  DuplicateSourceEntries: 'Give the source objects different values of the matching attribute, or match by another.',
  SchemaPropertyCanOnlyAcceptValue: 'Correct the source value or the mapping: the target takes other values only.',
}

/** Graph's errorInformation: what failed, or why an object was skipped; null when all went well. */
export function errorInformation({ error, skipReason, retry }: LogRecord): Record<string, unknown> | null {
  if (error) {
    return {
      errorCode: error.code,
      reason: error.message,
      additionalDetails: retry ? `Retry ${retry.attempts} is due at ${retry.at}.` : null,
      errorCategory: 'failure',
      recommendedAction: ADVICE[error.code] ?? null,
    }
  }
  if (!skipReason) return null
  return {
    errorCode: skipReason,
    reason: `The object was skipped: ${skipReason}.`,
    additionalDetails: null,
    errorCategory: 'nonServiceFailure',
    recommendedAction: null,
  }
}
