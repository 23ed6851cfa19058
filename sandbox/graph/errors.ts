/** A request that Graph answers with an error; the envelope is added where the answer is written. */
export class GraphFailure extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const badRequest = (message: string, code = 'Request_BadRequest') => new GraphFailure(400, code, message)

export const notFound = (id: string) =>
  new GraphFailure(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

export const forbidden = () =>
  new GraphFailure(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')

/** What synchronization calls give instead of 403, and instead of 404 while an object is not replicated. */
export const unknownError = () => new GraphFailure(401, 'UnknownError', '')

export const conflict = (property: string) =>
  new GraphFailure(
    400,
    'Request_BadRequest',
    `Another object with the same value for property ${property} already exists.`,
  )

/** @param problem what is wrong, where there is more to say than Graph does */
export const invalidValue = (property: string, type: string, problem?: string) =>
  badRequest(
    `Invalid value specified for property '${property}' of resource '${type}'${problem ? `: ${problem}` : ''}.`,
  )

/** Graph's error envelope; `date` carries no zone. Throttled requests have an inner error of their own kind. */
export function errorBody(failure: GraphFailure, requestId: string, clientRequestId: string, now: number) {
  const throttled = failure.status === 429 && { code: '429', message: 'Please retry after', status: '429' }
  return {
    error: {
      code: failure.code,
      message: failure.message,
      innerError: {
        ...(throttled || {}),
        date: new Date(now).toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      },
    },
  }
}

/**
 * The provisioning service behind Graph does not know the method: SDKs and PowerShell send PATCH to a job's schema, as
 * Graph's metadata once had it, and the service takes PUT.
 * Source: github.com/microsoftgraph/msgraph-sdk-python/issues/820, github.com/microsoftgraph/msgraph-sdk-powershell/issues/1134
 */
export function unknownToProvisioning(path: string): GraphFailure {
  const resource = path.replace(/\/(servicePrincipals|applications|jobs|templates)\/([^/]+)/g, "/$1('$2')")
  const uri = `https://syncfabric.windowsazure.com/api${resource}?api-version=2.0`
  const Message = `No HTTP resource was found that matches the request URI '${uri}'.`
  return new GraphFailure(404, 'UnknownError', JSON.stringify({ Message }))
}
