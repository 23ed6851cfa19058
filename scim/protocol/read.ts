import { notFound } from '../errors.ts'
import { type Projection, readProjection } from '../resource/projection.ts'
import type { Stored } from '../resource/render.ts'
import { entityTag } from '../resource/render.ts'
import { isUuid } from '../schema/ids.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import { readResourceRow } from '../storage/resources.ts'
import { answerWith } from './answer.ts'
import { isKnown } from './conditions.ts'
import type { ScimAnswer, ScimRequest } from './request.ts'
import { type Session, typeOf } from './session.ts'

/** RFC 7644 §3.4.1. */
export async function getResource(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const projection = projectionOf(session, request)
  const stored = await requireResource(session, request, projection)
  if (isKnown(request, stored.version)) return { status: 304, etag: entityTag(stored.version) }
  return answerWith(session, request, stored, projection)
}

/** What the answer shows; of attributes that are only shown on request, also those that the request writes. */
export function projectionOf(session: Session, request: ScimRequest, written: ResolvedAttribute[] = []): Projection {
  return readProjection(typeOf(session, request), request.attributes, request.excludedAttributes, written)
}

/** The stored resource. Throws 404, also for ids that cannot exist. */
export async function requireResource(session: Session, request: ScimRequest, projection: Projection): Promise<Stored> {
  requireId(request)
  const { database, tenant } = session
  const stored = await readResourceRow(database, tenant.id, typeOf(session, request), request.id, projection)
  if (!stored) throw notFound(request.type, request.id)
  return stored
}

export function requireId({ type, id }: ScimRequest): void {
  if (!isUuid(id)) throw notFound(type, id)
}
