import { SCIM_CODE } from '../provisioning/target/errors.ts'
import type { QuarantineStatus } from './status.ts'

const BY_CODE: Readonly<Record<string, string>> = {
  [`${SCIM_CODE}InvalidCredentials`]:
    'The target refuses the credentials, or they are not complete. Correct the tenant URL and the credentials under Settings of your program, test the connection, and restart.',
  [`${SCIM_CODE}ServiceIncompatible`]:
    'The target does not answer as a SCIM 2.0 service does. Check the tenant URL: it ends where /Users begins.',
  [`${SCIM_CODE}CredentialValidationFailure`]:
    'The target, or its token endpoint, fails or cannot be reached. See its own log; provisioning goes on by itself once it answers.',
  InvalidSchema: 'An attribute mapping or a scoping filter cannot be used. Correct it; the next cycle takes it up.',
}

const BY_REASON: Readonly<Record<string, string>> = {
  TooManyDeletes:
    'Look at the deletions below. If they are wanted, allow them. If not, undo their cause (assign the users again, correct the scoping filter) and restart.',
  EncounteredEscrowProportionThreshold: 'Too many objects fail. See why in the log, remove the cause, and restart.',
  EncounteredBaseEscrowThreshold: 'Too many objects fail. See why in the log, remove the cause, and restart.',
  EncounteredTotalEscrowThreshold: 'Too many objects fail. See why in the log, remove the cause, and restart.',
}

/** What brings a job out of quarantine (Microsoft Learn, "Application provisioning in quarantine status"). */
export const quarantineAdvice = ({ reason, error }: QuarantineStatus): string =>
  BY_REASON[reason] ??
  BY_CODE[error.code] ??
  'Remove the cause that the error names. The next successful cycle, or a restart, ends the quarantine.'
