import { SCIM_CODE } from '../provisioning/target/errors.ts'
import type { QuarantineStatus } from './status.ts'

export interface Advice {
  /** What happened, in a few words. */
  title: string
  todo: string
}

const FAILURES: Advice = {
  title: 'too many objects fail',
  todo: 'See in the log why, remove the cause, and restart.',
}

const BY_REASON: Readonly<Record<string, Advice>> = {
  TooManyDeletes: {
    title: 'deletions are held back',
    todo: 'Look at the deletions below. If they are wanted, allow them. If not, undo their cause (assign the users again, correct the scoping filter) and restart.',
  },
  EncounteredEscrowProportionThreshold: FAILURES,
  EncounteredBaseEscrowThreshold: FAILURES,
  EncounteredTotalEscrowThreshold: FAILURES,
}

const BY_CODE: Readonly<Record<string, Advice>> = {
  [`${SCIM_CODE}InvalidCredentials`]: {
    title: 'the credentials do not work',
    todo: 'Correct the tenant URL and the credentials in the program that sets them, test the connection under Settings, and restart.',
  },
  [`${SCIM_CODE}ServiceIncompatible`]: {
    title: 'the target is no SCIM service',
    todo: 'Check the tenant URL: what follows it in requests is /Users. The answer has to be a SCIM 2.0 list, with a match or without.',
  },
  [`${SCIM_CODE}CredentialValidationFailure`]: {
    title: 'the target does not answer as it should',
    todo: 'Look whether the target and its token endpoint run, and what they log. Once they answer, the next attempt ends the quarantine.',
  },
  InvalidSchema: {
    title: 'the schema cannot be used',
    todo: 'Correct the attribute mapping or the scoping filter that the error names; the next cycle takes it up.',
  },
}

const OTHER: Advice = {
  title: 'provisioning fails',
  todo: 'Remove the cause that the error names. The next successful cycle, or a restart, ends the quarantine.',
}

/** What a quarantine means, and what ends it (Microsoft Learn, "Application provisioning in quarantine status"). */
export const quarantineAdvice = ({ reason, error }: QuarantineStatus): Advice =>
  BY_REASON[reason] ?? BY_CODE[error.code] ?? OTHER
