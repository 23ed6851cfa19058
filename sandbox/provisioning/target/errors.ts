/**
 * A request to the target, or to its token endpoint, that did not succeed; `code` is an error code of the
 * provisioning log. The message says what the target answered, shortened, with no secret in it.
 */
export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly code: string
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  constructor(code: string, message: string, status = 0) {
    super(message)
    this.code = code
    this.status = status
  }
}

export const SCIM_CODE = 'SystemForCrossDomainIdentityManagement'

const BY_STATUS: Readonly<Record<number, string>> = {
  400: `${SCIM_CODE}BadRequest`,
  401: 'Unauthorized',
  403: 'InsufficientRights',
  405: 'MethodNotAllowed',
  409: 'EntryConflict',
  422: 'UnprocessableEntity',
  429: 'TooManyRequests',
  501: 'NotImplemented',
}

/** Source: Microsoft Learn, "Analyze the Microsoft Entra provisioning logs", error codes. */
export function codeOfStatus(status: number): string {
  return BY_STATUS[status] ?? (status >= 500 ? 'InternalServerError' : 'WebExceptionProtocolError')
}

/** Longest part of a target's answer that is quoted, in characters. */
const QUOTED = 300

/** What a target answered, fit to be shown: one line, short, every secret masked. */
export function quote(body: string, secrets: readonly string[]): string {
  const line = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '***'), body)
    .replace(/\s+/g, ' ')
    .trim()
  if (line === '') return 'an empty body'
  return line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line
}

/** A request without an answer: a time-out, or a connection that could not be made or broke. */
export function networkError(error: NodeJS.ErrnoException, what: string, timeoutMs: number): TargetError {
  if (error.name === 'TimeoutError') {
    return new TargetError('Timeout', `${what} did not answer within ${timeoutMs / 1000} s`)
  }
  return new TargetError('WebExceptionProtocolError', `${what} could not be reached (${error.message || error.code})`)
}
