import type { Projection } from '../resource/projection.ts'
import { entityTag, render, type Stored } from '../resource/render.ts'
import type { ScimAnswer, ScimRequest } from './request.ts'
import { type Session, typeOf } from './session.ts'

/** The answer that shows a resource as it is now. */
export function answerWith(
  session: Session,
  request: ScimRequest,
  stored: Stored,
  projection: Projection,
  status = 200,
): ScimAnswer {
  const resource = render(typeOf(session, request), stored, session.tenantUrl)
  const { location } = resource.meta as { location: string }
  const answer = { status, body: projection.apply(resource), etag: entityTag(stored.version), location }
  return prefers(request) === 'representation' ? { ...answer, applied: 'return=representation' } : answer
}

/** The answer to a write that shows nothing but the version. */
export function answerWithout(session: Session, request: ScimRequest, version: number, status = 204): ScimAnswer {
  const location = `${session.tenantUrl}${typeOf(session, request).endpoint}/${request.id}`
  const answer = { status, etag: entityTag(version), location }
  return prefers(request) === 'minimal' ? { ...answer, applied: 'return=minimal' } : answer
}

/** RFC 7240 §4.2. */
export function prefers({ prefer }: ScimRequest): 'minimal' | 'representation' | undefined {
  const asked = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation)/i.exec(prefer ?? '')?.[1]
  return asked?.toLowerCase() as 'minimal' | 'representation' | undefined
}

/** Whether the client asked for nothing of the resource; one that names attributes wants them (RFC 7644 §3.5.2). */
export function wantsNothing(request: ScimRequest): boolean {
  return prefers(request) === 'minimal' && !namesAttributes(request)
}

export const namesAttributes = (request: ScimRequest): boolean =>
  request.attributes !== undefined || request.excludedAttributes !== undefined
