/** What people can do about what the provisioning service reports. */

export interface Advice {
  /** What happened, in a few words. */
  title: string
  todo: string
}

const SCIM = 'SystemForCrossDomainIdentityManagement'
const CREDENTIALS = 'Check the credentials; the target refused them.'
const MATCHING = 'Change the attribute that conflicts, or the matching attribute, so that the existing object is found.'
const AGAIN = 'The service tries again'

/** Source: Microsoft Learn, "Analyze the Microsoft Entra provisioning logs", error codes. */
const FIXES: Readonly<Record<string, string>> = {
  Conflict: MATCHING,
  EntryConflict: MATCHING,
  TooManyRequests: 'The target limits its requests. Nothing is to be done: the service tries again.',
  InternalServerError: `The target failed. ${AGAIN}; see the log of the target.`,
  InternalError: `The provisioning service failed. ${AGAIN}.`,
  InsufficientRights: 'Check that the credentials may do this at the target.',
  NotPermitted: 'Check that the credentials may do this at the target.',
  MethodNotAllowed: 'Check that the target allows this request, and that the credentials may make it.',
  Unauthorized: CREDENTIALS,
  UnprocessableEntity: 'The target could not use the values. Check the attribute mappings.',
  WebExceptionProtocolError: `The target could not be reached, or broke the HTTP protocol. ${AGAIN}.`,
  InvalidAnchor: 'The object was deleted at the target. Restart provisioning so that it is matched again.',
  NotImplemented: 'The target does not have this feature. Check the attribute mappings.',
  MandatoryFieldsMissing: 'Give the source object a value for the required attribute, or change its mapping.',
  MissingValues: 'Give the source object a value for the required attribute, or change its mapping.',
  SchemaAttributeNotFound: 'Correct the mapping: it names an attribute that the target does not have.',
  InvalidDomain: 'Give the user a name in a domain that the target allows, or allow the domain there.',
  Timeout: `The target was too slow. ${AGAIN}.`,
  LicenseLimitExceeded: 'Get further licences at the target, or take somebody out of the assigned groups.',
  DuplicateTargetEntries: 'Remove the duplicate at the target, or choose a matching attribute that is unique.',
  DuplicateSourceEntries: 'Give the source objects different values of the matching attribute, or match by another.',
  SchemaPropertyCanOnlyAcceptValue: 'Correct the source value or the mapping: the target takes other values only.',
  ImportSkipped: 'Give the source object a value for the matching attribute.',
  EntrySynchronizationSkipped:
    'Nothing is to be done if it should be out of scope; else assign it, or correct the scoping filter.',
  NotEffectivelyEntitled:
    'Nothing is to be done if it should be out of scope; else assign it, or correct the scoping filter.',
  [`${SCIM}MultipleEntriesInResponse`]:
    'Remove the duplicate at the target; a target that ignores the filter, or gives the members it was asked to leave out, has to be corrected.',
  [`${SCIM}ServiceIncompatible`]: 'Check the tenant URL; the answer of the target is not SCIM 2.0.',
  [`${SCIM}BadRequest`]:
    'The target could not use the request. Check the attribute mappings, and the log of the target.',
  [`${SCIM}BadResponse`]: 'The answer of the target is not SCIM 2.0; see the log of the target.',
  [`${SCIM}InvalidCredentials`]: CREDENTIALS,
  [`${SCIM}CredentialValidationFailure`]: 'Look whether the target and its token endpoint run, and what they log.',
  CredentialValidationUnavailable: 'Look whether the target and its token endpoint run, and what they log.',
}

/** What ends a failure of one object, by the error code in the provisioning log; undefined for a code not known. */
export function fixOf(errorCode: string): string | undefined {
  return FIXES[errorCode]
}

const FAILURES: Advice = {
  title: 'too many objects fail',
  todo: 'See in the log why, remove the cause, and restart.',
}

const BY_REASON: Readonly<Record<string, Advice>> = {
  TooManyDeletes: {
    title: 'deletions are held back',
    todo: 'Look at the deletions in the log. If they are wanted, allow them. If not, undo their cause (assign the users again, correct the scoping filter) and restart.',
  },
  EncounteredEscrowProportionThreshold: FAILURES,
  EncounteredBaseEscrowThreshold: FAILURES,
  EncounteredTotalEscrowThreshold: FAILURES,
}

const BY_CODE: Readonly<Record<string, Advice>> = {
  [`${SCIM}InvalidCredentials`]: {
    title: 'the credentials do not work',
    todo: 'Correct the tenant URL and the credentials in the program that sets them, test the connection, and restart.',
  },
  [`${SCIM}ServiceIncompatible`]: {
    title: 'the target is no SCIM service',
    todo: 'Check the tenant URL: what follows it in requests is /Users. The answer has to be a SCIM 2.0 list, with a match or without.',
  },
  [`${SCIM}CredentialValidationFailure`]: {
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
export function quarantineAdvice(reason: string, code: string): Advice {
  return BY_REASON[reason] ?? BY_CODE[code] ?? OTHER
}
