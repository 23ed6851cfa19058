import { notFound, ScimError } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { asObject, readResource } from '../resource/body.ts'
import { requireUnchanged } from '../resource/immutable.ts'
import { type MemberDelta, memberDelta, membersOf, unknownMembers } from '../resource/members.ts'
import { type Change, readOperations } from '../resource/operations.ts'
import { applyChanges, changedNames } from '../resource/patch.ts'
import { readProjection } from '../resource/projection.ts'
import { onRequest } from '../resource/written.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import { brokenConstraint, DatabaseError } from '../storage/database.ts'
import * as storage from '../storage/writes.ts'
import { answerWith, answerWithout, namesAttributes, prefers, wantsNothing } from './answer.ts'
import { allowedVersions, attempts, changedSince, requireVersion, tooManyWriters } from './conditions.ts'
import { projectionOf, requireId, requireResource } from './read.ts'
import type { ScimAnswer, ScimRequest } from './request.ts'
import { selectedMembers } from './selected-members.ts'
import { leniences, type Session, typeOf, writerOf } from './session.ts'

/** RFC 7644 §3.3. */
export async function createGroup(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const type = typeOf(session, request)
  const attrs = readResource(type, request.body, leniences(session))
  const projection = projectionOf(session, request, onRequest(type, attrs))
  const members = membersOf(asObject(request.body, 'The body'))
  const created = storage.createGroup(session.database, writerOf(session), request.id, attrs, members)
  const stored = await created.catch((error) => refuse(error, attrs))
  if (wantsNothing(request)) return answerWithout(session, request, stored.version, 201)
  const isShown = members.length === 0 || !projection.wants('members')
  const shown = isShown ? stored : await requireResource(session, request, projection)
  return answerWith(session, request, shown, projection, 201)
}

/** RFC 7644 §3.5.1. The members become those of the body. */
export async function replaceGroup(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const type = typeOf(session, request)
  const attrs = readResource(type, request.body, leniences(session))
  const delta: MemberDelta = { clear: true, add: membersOf(asObject(request.body, 'The body')), remove: [] }
  const next = (before: Json): Json => requireUnchanged(type, before, attrs, 'keep')
  const version = await changeGroup(session, request, { next, delta: () => delta, reads: true })
  if (wantsNothing(request)) return answerWithout(session, request, version)
  return await answerFresh(session, request, onRequest(type, attrs))
}

/** RFC 7644 §3.5.2. */
export async function patchGroup(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const type = typeOf(session, request)
  const changes = readOperations(type, request.body, leniences(session))
  const ofMembers = changes.filter(isOfMembers)
  const others = changes.filter((change) => !isOfMembers(change))
  const fixed = memberDelta(ofMembers)
  const version = await changeGroup(session, request, {
    next: (before) => applyChanges(type, before, others, leniences(session)),
    delta: () => fixed ?? selectedMembers(session, request, ofMembers),
    reads: others.length > 0 || !fixed || request.ifNoneMatch !== undefined,
  })
  const quiet = leniences(session).groupPatchAnswers204 && !prefers(request) && !namesAttributes(request)
  if (quiet || wantsNothing(request)) return answerWithout(session, request, version)
  const written = others.map(({ target: { schema, attribute } }) => ({ schema, attribute }))
  return await answerFresh(session, request, written)
}

const isOfMembers = ({ target }: Change): boolean => target.attribute.name === 'members' && !target.schema

interface GroupChange {
  next: (before: Json) => Json
  delta: () => MemberDelta | Promise<MemberDelta>
  /** Whether the group must be read first. */
  reads: boolean
}

/**
 * Writes a group, and returns its version. Where only members change nothing is read first, so that the cost does not depend
 * on the size of the group and two writers do not disturb each other.
 */
async function changeGroup(session: Session, request: ScimRequest, change: GroupChange): Promise<number> {
  requireId(request)
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { outcome, version } = change.reads
      ? await withDocument(session, request, change)
      : await write(session, request, undefined, await change.delta(), allowedVersions(request))
    if (outcome === 'absent') throw notFound('Group', request.id)
    if (outcome !== 'changed') return version
    if (!change.reads) throw changedSince(version)
  }
  throw tooManyWriters()
}

async function withDocument(
  session: Session,
  request: ScimRequest,
  change: GroupChange,
): Promise<storage.GroupOutcome> {
  const withoutMembers = readProjection(typeOf(session, request), undefined, 'members')
  const before = await requireResource(session, request, withoutMembers)
  requireVersion(request, before.version)
  const attrs = change.next(before.attrs)
  const changed = changedNames(before.attrs, attrs)
  const delta = await change.delta()
  return await write(session, request, changed.length > 0 ? attrs : undefined, delta, [before.version], changed)
}

function write(
  session: Session,
  request: ScimRequest,
  attrs: Json | undefined,
  delta: MemberDelta,
  versions: number[] | undefined,
  changed: string[] = [],
): Promise<storage.GroupOutcome> {
  const { database } = session
  const written = storage.updateGroup(database, writerOf(session), request.id, versions, attrs, delta, changed)
  return written.catch((error) => refuse(error, attrs ?? {}))
}

async function answerFresh(session: Session, request: ScimRequest, written: ResolvedAttribute[]): Promise<ScimAnswer> {
  const projection = projectionOf(session, request, written)
  return answerWith(session, request, await requireResource(session, request, projection), projection)
}

function refuse(error: unknown, attrs: Json): never {
  if (brokenConstraint(error) === 'resource_group_name') {
    const name = JSON.stringify(attrs.displayName)
    throw new ScimError(409, `A group with displayName ${name} exists already`, 'uniqueness')
  }
  /** Raised by function change_members with the ids that are unknown. */
  if (error instanceof DatabaseError && error.code === 'SC001') throw unknownMembers(error.message)
  throw error
}
