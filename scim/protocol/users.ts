import { ScimError } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { readResource } from '../resource/body.ts'
import { requireUnchanged } from '../resource/immutable.ts'
import { readOperations } from '../resource/operations.ts'
import { applyChanges, changedNames } from '../resource/patch.ts'
import type { Projection } from '../resource/projection.ts'
import type { Stored } from '../resource/render.ts'
import { onRequest } from '../resource/written.ts'
import { enterpriseSchema } from '../schema/extensions.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import { brokenConstraint } from '../storage/database.ts'
import * as storage from '../storage/writes.ts'
import { answerWith, answerWithout, wantsNothing } from './answer.ts'
import { attempts, requireVersion, tooManyWriters } from './conditions.ts'
import { projectionOf, requireResource } from './read.ts'
import type { ScimAnswer, ScimRequest } from './request.ts'
import { leniences, type Session, typeOf, writerOf } from './session.ts'

/** RFC 7644 §3.3. A user is active unless the client says otherwise. */
export async function createUser(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const type = typeOf(session, request)
  const attrs = { active: true, ...readResource(type, request.body, leniences(session)) }
  const projection = projectionOf(session, request, onRequest(type, attrs))
  const created = storage.createUser(session.database, writerOf(session), request.id, attrs, session.defaultLicence)
  const stored = await created.catch((error) => refuse(error, attrs))
  return await answer(session, request, {}, stored, projection, 201)
}

/** RFC 7644 §3.5.1: what the body does not name is cleared; `active` and immutable attributes stay. */
export function replaceUser(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const type = typeOf(session, request)
  const attrs = readResource(type, request.body, leniences(session))
  return change(session, request, onRequest(type, attrs), (before) =>
    requireUnchanged(type, before, { ...('active' in before && { active: before.active }), ...attrs }, 'keep'),
  )
}

/** RFC 7644 §3.5.2. */
export function patchUser(session: Session, request: ScimRequest): Promise<ScimAnswer> {
  const type = typeOf(session, request)
  const changes = readOperations(type, request.body, leniences(session))
  const written = changes.map(({ target: { schema, attribute } }) => ({ schema, attribute }))
  return change(session, request, written, (before) => applyChanges(type, before, changes, leniences(session)))
}

/** Reads, changes and writes a user; starts over when others wrote it in between. */
async function change(
  session: Session,
  request: ScimRequest,
  written: ResolvedAttribute[],
  next: (before: Json) => Json,
): Promise<ScimAnswer> {
  const projection = projectionOf(session, request, written)
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const before = await requireResource(session, request, projection)
    requireVersion(request, before.version)
    const attrs = next(before.attrs)
    const changed = changedNames(before.attrs, attrs)
    const stored = changed.length === 0 ? before : await write(session, before, attrs, changed)
    if (stored) return await answer(session, request, before.attrs, stored, projection)
  }
  throw tooManyWriters()
}

function write(session: Session, before: Stored, attrs: Json, changed: string[]): Promise<Stored | undefined> {
  const written = storage.updateUser(session.database, writerOf(session), before, attrs, changed)
  return written.catch((error) => refuse(error, attrs))
}

async function answer(
  session: Session,
  request: ScimRequest,
  before: Json,
  stored: Stored,
  projection: Projection,
  status?: 201,
): Promise<ScimAnswer> {
  if (wantsNothing(request)) return answerWithout(session, request, stored.version, status)
  const isCurrent = managerOf(before) === managerOf(stored.attrs)
  const shown = isCurrent ? stored : await requireResource(session, request, projection)
  return answerWith(session, request, shown, projection, status)
}

/** The manager's name is in another row. */
function managerOf(attrs: Json): unknown {
  return (attrs[enterpriseSchema.id] as { manager?: Json } | undefined)?.manager?.value
}

function refuse(error: unknown, attrs: Json): never {
  const constraint = brokenConstraint(error)
  if (constraint === 'resource_user_name') {
    throw new ScimError(409, `A user with userName ${JSON.stringify(attrs.userName)} exists already`, 'uniqueness')
  }
  if (constraint === 'attr_value_unique') {
    throw new ScimError(409, 'Another user has a value that the schema says only one may have', 'uniqueness')
  }
  throw error
}
