import { permissionFor } from './permissions.ts'

export interface Failed {
  tenantId: string
  method: string
  path: string
  status: number
  body: unknown
  requestId: string | undefined
}

interface ErrorBody {
  error?: { code?: string; message?: string; innerError?: Record<string, string>; innererror?: Record<string, string> }
}

/** Graph said no. `message` is for people: what failed, where, Graph's own words and ids, what to do. */
export class GraphError extends Error {
  override readonly name = 'GraphError'
  readonly status: number
  /** Graph's code, innermost where one error is wrapped as text in another; '' when the answer was not Graph's. */
  readonly code: string
  /** Graph's own message, unwrapped likewise. */
  readonly detail: string
  readonly requestId: string | undefined
  readonly method: string
  readonly path: string

  constructor(failed: Failed) {
    const { code, detail, outer } = unwrap(failed.body)
    super(text(failed, code, detail, outer))
    this.status = failed.status
    this.code = code
    this.detail = detail
    this.requestId = failed.requestId ?? innerRequestId(failed.body)
    this.method = failed.method
    this.path = failed.path
  }
}

/** Gone or never there; a 401 or 403 never means that. */
export function isNotFound(error: unknown): error is GraphError {
  return error instanceof GraphError && error.status === 404
}

/** What synchronization paths answer both for a missing right and for an object that has not replicated yet. */
export function isBlankUnauthorized(error: unknown): error is GraphError {
  return error instanceof GraphError && error.status === 401 && error.code === 'UnknownError'
}

export function missesPermission(error: unknown): error is GraphError {
  return error instanceof GraphError && (error.status === 403 || isBlankUnauthorized(error))
}

/** The synchronization service puts its own error as JSON text into `message`. */
function unwrap(body: unknown): { code: string; detail: string; outer: string } {
  const error = (body as ErrorBody | undefined)?.error
  const outer = error?.code ?? ''
  const message = error?.message ?? (typeof body === 'string' ? body.slice(0, 300) : '')
  try {
    const inner = (JSON.parse(message) as ErrorBody).error
    if (inner?.code) return { code: inner.code, detail: inner.message ?? '', outer }
  } catch {
    // An ordinary message.
  }
  return { code: outer, detail: message, outer }
}

function innerRequestId(body: unknown): string | undefined {
  const error = (body as ErrorBody | undefined)?.error
  return (error?.innerError ?? error?.innererror)?.['request-id']
}

function text(failed: Failed, code: string, detail: string, outer: string): string {
  const { method, path, status, tenantId } = failed
  const id = failed.requestId ?? innerRequestId(failed.body)
  const said = [code || 'no code', outer && outer !== code ? `(in ${outer})` : '', detail && `"${detail}"`]
  const advice = adviceFor(failed, code)
  return (
    `${method} ${path.split('?')[0]} in tenant ${tenantId} failed with status ${status}: ` +
    `${said.filter(Boolean).join(' ')}${id ? `, request id ${id}` : ''}${advice ? `\n${advice}` : ''}`
  )
}

function adviceFor({ method, path, status }: Failed, code: string): string {
  if (status === 403 || (status === 401 && code === 'UnknownError')) {
    return (
      `Permission is missing: grant the application ${permissionFor(method, path)} on Microsoft Graph with admin consent. ` +
      'Permissions granted after a token was issued count from the next token on.'
    )
  }
  if (status === 401)
    return 'The token was refused: check that ARM_TENANT_ID, ARM_CLIENT_ID and the cloud belong together.'
  if (status === 429) return 'The tenant is being throttled, also after waiting: run again later.'
  if (status >= 500) return 'Microsoft Graph has a problem: run again; give the request id to Microsoft if it lasts.'
  return ''
}
