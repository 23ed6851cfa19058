import type { ScimClient } from './client.ts'
import { SCIM_CODE, TargetError } from './errors.ts'

/**
 * Asks for a user that does not exist, which opens every cycle and is all that "Test connection" does: the token, the
 * tenant URL and the shape of the answer are proved by it.
 * @throws TargetError whose code says whether the credentials or the service are at fault
 */
export async function probe(client: ScimClient, matchingAttribute: string): Promise<void> {
  try {
    await client.query('Users', `${matchingAttribute} eq "${crypto.randomUUID()}"`)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    throw new TargetError(probeCode(error), error.message, error.status)
  }
}

function probeCode({ code, status }: TargetError): string {
  if (code.startsWith(SCIM_CODE) && status !== 400) return code
  if (status === 401 || status === 403) return `${SCIM_CODE}InvalidCredentials`
  return status >= 400 && status < 500 ? `${SCIM_CODE}ServiceIncompatible` : `${SCIM_CODE}CredentialValidationFailure`
}

export type Validation = { ok: true } | { ok: false; status: number; code: string; message: string }

/**
 * A failed probe as the answer of validateCredentials: `InvalidCredentials` when the target is not a SCIM service,
 * `CredentialValidationUnavailable` for all else, with the inner code in the text.
 */
export function validationOf(error: TargetError): Validation {
  const incompatible =
    error.code === `${SCIM_CODE}ServiceIncompatible` ||
    (error.status === 0 && error.code === `${SCIM_CODE}InvalidCredentials`)
  return {
    ok: false,
    status: 400,
    code: incompatible ? 'InvalidCredentials' : 'CredentialValidationUnavailable',
    message: `We received this unexpected response from your application: ${error.code}: ${error.message}`,
  }
}
