import { notFound, ScimError } from '../errors.ts'
import { readProjection } from '../resource/projection.ts'
import { deleteResource } from '../storage/writes.ts'
import { allowedVersions, changedSince, requireVersion } from './conditions.ts'
import { createGroup, patchGroup, replaceGroup } from './groups.ts'
import { getResource, requireId, requireResource } from './read.ts'
import type { ScimAnswer, ScimRequest } from './request.ts'
import { type Session, typeOf, writerOf } from './session.ts'
import { createUser, patchUser, replaceUser } from './users.ts'

const writes = {
  User: { create: createUser, replace: replaceUser, patch: patchUser, delete: remove },
  Group: { create: createGroup, replace: replaceGroup, patch: patchGroup, delete: remove },
}

/** Runs one operation on one resource. Throws `ScimError`. */
export async function perform(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  if (request.method === 'get') return await getResource(session, request)
  requireFullAccess(session)
  return await writes[request.type][request.method](session, request)
}

/** RFC 6750 §3.1: `insufficient_scope`. */
export class ReadOnlyToken extends ScimError {
  constructor() {
    super(
      403,
      'This token may only read; to write, take one with the scope scim, which a configuration with full access gets',
    )
  }
}

export function requireFullAccess({ access }: Session): void {
  if (access === 'readOnly') throw new ReadOnlyToken()
}

/** RFC 7644 §3.6. */
async function remove(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  requireId(request)
  const { database } = session
  const { type, id } = request
  if (request.ifNoneMatch !== undefined) {
    const onlyVersion = readProjection(typeOf(session, request), 'id')
    requireVersion(request, (await requireResource(session, request, onlyVersion)).version)
  }
  const outcome = await deleteResource(database, writerOf(session), type, id, allowedVersions(request))
  if (outcome === 'absent') throw notFound(type, id)
  if (outcome === 'changed') throw changedSince()
  return { status: 204 }
}
