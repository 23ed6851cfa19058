import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { JSON_TYPE, parseJson, type WireRequest, type WireResponse } from '../http/exchange.ts'
import type { CallerCheck } from '../login/caller.ts'
import { badRequest, errorBody, GraphFailure } from './errors.ts'
import { atLevel, type MetadataLevel, metadataLevel } from './odata/metadataLevel.ts'
import type { GraphRequest, GraphResponse, GraphServices } from './request.ts'
import { createGraphSurface } from './service.ts'

const graphType = (level: MetadataLevel): string =>
  `application/json;odata.metadata=${level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`
const PATH = /^\/(v1\.0|beta)(\/.*)$/

/** Graph on the wire: tokens, request ids, latency. Undefined for a path that is not Graph's. */
export function createGraphWire(services: GraphServices, callers: CallerCheck) {
  const surface = createGraphSurface(services)

  async function answer(
    request: WireRequest,
    version: 'v1.0' | 'beta',
    path: string,
    ids: Ids,
  ): Promise<GraphResponse> {
    try {
      const caller = await callers.callerOf(request.headers.authorization, services.tenant)
      const graphRequest: GraphRequest = {
        method: request.method,
        version,
        path,
        query: request.query,
        headers: request.headers,
        body: readBody(request.body),
        caller,
        lagMs: request.lagMs,
      }
      return await surface.handle(graphRequest, ids)
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error
      const body = errorBody(error, ids.requestId, ids.clientRequestId, services.clock.now())
      return { status: error.status, headers: error.headers, body }
    }
  }

  return async (request: WireRequest): Promise<WireResponse | undefined> => {
    const match = PATH.exec(request.path)
    if (!match) return undefined
    if (services.settings.latencyMs > 0) await sleep(services.settings.latencyMs)
    const requestId = randomUUID()
    const ids = { requestId, clientRequestId: request.headers['client-request-id'] ?? requestId }
    const level = metadataLevel(request.headers.accept)
    const { body, ...rest } = await answer(request, match[1] as 'v1.0' | 'beta', match[2]!, ids)
    const root = `${services.url()}/v2/${services.tenant.tenantId}/directoryObjects`
    return toWire({ ...rest, body: atLevel(body, level, root) }, level, ids)
  }
}

/** Where Microsoft's answers say which of their machines gave them. */
const DIAGNOSTIC = JSON.stringify({
  ServerInfo: { DataCenter: 'Sandbox', Slice: 'E', Ring: '0', ScaleUnit: '000', RoleInstance: 'ENTRADA' },
})

interface Ids {
  requestId: string
  clientRequestId: string
}

function readBody(body: Buffer): unknown {
  try {
    return parseJson(body)
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      'BadRequest',
    )
  }
}

function toWire({ status, headers, body }: GraphResponse, level: MetadataLevel, ids: Ids): WireResponse {
  const type = status >= 400 ? JSON_TYPE : graphType(level)
  return {
    status,
    headers: {
      ...(body === undefined ? {} : { 'content-type': type }),
      'request-id': ids.requestId,
      'client-request-id': ids.clientRequestId,
      'x-ms-ags-diagnostic': DIAGNOSTIC,
      'odata-version': '4.0',
      'cache-control': 'no-cache',
      ...headers,
    },
    body: body === undefined ? '' : typeof body === 'number' ? String(body) : JSON.stringify(body),
  }
}
