import { fixOf } from '../../../sync/advice.ts'
import type { LogRecord } from '../../tenant/model.ts'

/** Graph's errorInformation: what failed, or why an object was skipped; null when all went well. */
export function errorInformation({ error, skipReason, retry }: LogRecord): Record<string, unknown> | null {
  if (error) {
    return {
      errorCode: error.code,
      reason: error.message,
      additionalDetails: retry ? `Retry ${retry.attempts} is due at ${retry.at}.` : null,
      errorCategory: 'failure',
      recommendedAction: fixOf(error.code) ?? null,
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
