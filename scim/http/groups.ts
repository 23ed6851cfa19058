import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, ScimError } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { asObject, readResource } from '../resource/body.ts'
import { isUuid, type MemberDelta, memberDelta, membersOf, unknownMembers } from '../resource/members.ts'
import { type Change, readOperations } from '../resource/operations.ts'
import { applyChanges, changedNames } from '../resource/patch.ts'
import { readProjection } from '../resource/projection.ts'
import { brokenConstraint, DatabaseError } from '../storage/database.ts'
import { createGroup, deleteResource, type GroupOutcome, updateGroup } from '../storage/writes.ts'
import { getResource, requireResource, sendResource } from './answers.ts'
import { changedSince, projectionOf, requireVersion, versionsOf } from './conditions.ts'
import type { Context } from './context.ts'
import { queryValue } from './messages.ts'
import { writerOf } from './users.ts'

const attempts = 10
const noMembers: MemberDelta = { clear: false, add: [], remove: [] }

export function groupRoutes(app: FastifyInstance, context: Context): void {
  app.get('/Groups/:id', (request, reply) => getResource(request, reply, context, request.caller.tenant.registry.Group))

  app.post('/Groups', async (request, reply) => {
    const projection = projectionOf(request, request.caller.tenant.registry.Group)
    const attrs = readResource(request.caller.tenant.registry.Group, request.body)
    const id = randomUUID()
    const members = membersOf(asObject(request.body, 'The body'))
    const stored = await createGroup(context.database, writerOf(request), id, attrs, members).catch((error) =>
      refused(error, attrs),
    )
    void reply.code(201)
    if (members.length === 0 || !projection.wants('members'))
      return sendResource(request, reply, context, request.caller.tenant.registry.Group, stored, projection)
    return await sendFresh(request, reply, context, id)
  })

  app.put<{ Params: { id: string } }>('/Groups/:id', async (request, reply) => {
    const attrs = readResource(request.caller.tenant.registry.Group, request.body)
    const delta = { clear: true, add: membersOf(asObject(request.body, 'The body')), remove: [] }
    await changeGroup(request, context, () => attrs, delta)
    return await sendFresh(request, reply, context, request.params.id)
  })

  app.patch<{ Params: { id: string } }>('/Groups/:id', async (request, reply) => {
    const changes = readOperations(request.caller.tenant.registry.Group, request.body)
    const delta = memberDelta(changes.filter(isOfMembers))
    const others = changes.filter((change) => !isOfMembers(change))
    const next =
      others.length > 0
        ? (before: Json) => applyChanges(request.caller.tenant.registry.Group, before, others)
        : undefined
    const version = await changeGroup(request, context, next, delta)
    const asked = queryValue(request, 'attributes') ?? queryValue(request, 'excludedAttributes')
    if (asked !== undefined) return await sendFresh(request, reply, context, request.params.id)
    return reply.code(204).header('etag', `W/"${version}"`).removeHeader('content-type').send()
  })

  app.delete<{ Params: { id: string } }>('/Groups/:id', async (request, reply) => {
    const { id } = request.params
    if (!isUuid(id)) throw notFound('Group', id)
    const outcome = await deleteResource(context.database, writerOf(request), 'Group', id, versionsOf(request))
    if (outcome === 'absent') throw notFound('Group', id)
    if (outcome === 'changed') throw changedSince()
    return reply.code(204).removeHeader('content-type').send()
  })
}

const isOfMembers = (change: Change): boolean => change.target.attribute.name === 'members'

/**
 * Writes a group, and returns its version. Where only members change nothing is read first, so that the cost does not depend
 * on the size of the group and two writers do not disturb each other.
 */
async function changeGroup(
  request: FastifyRequest,
  context: Context,
  next: ((before: Json) => Json) | undefined,
  delta: MemberDelta,
): Promise<number> {
  const { id } = request.params as { id: string }
  if (!isUuid(id)) throw notFound('Group', id)
  const allowed = versionsOf(request)
  const attempt = next
    ? () => withDocument(request, context, next, delta, allowed)
    : () => write(request, context, undefined, delta, allowed)
  for (let count = 1; ; count++) {
    const { outcome, version } = await attempt()
    if (outcome === 'absent') throw notFound('Group', id)
    if (outcome !== 'changed') return version
    if (allowed || count === attempts) throw changedSince(version)
  }
}

async function withDocument(
  request: FastifyRequest,
  context: Context,
  next: (before: Json) => Json,
  delta: MemberDelta,
  allowed: number[] | undefined,
): Promise<GroupOutcome> {
  const before = await requireResource(
    request,
    context,
    request.caller.tenant.registry.Group,
    readProjection(request.caller.tenant.registry.Group, undefined, 'members'),
  )
  requireVersion(before.version, allowed)
  const attrs = next(before.attrs)
  const changed = changedNames(before.attrs, attrs)
  return changed.length === 0
    ? await write(request, context, undefined, delta, [before.version])
    : await write(request, context, attrs, delta, [before.version], changed)
}

function write(
  request: FastifyRequest,
  context: Context,
  attrs: Json | undefined,
  delta: MemberDelta,
  versions: number[] | undefined,
  changed: string[] = [],
): Promise<GroupOutcome> {
  const { id } = request.params as { id: string }
  const written = updateGroup(context.database, writerOf(request), id, versions, attrs, delta ?? noMembers, changed)
  return written.catch((error) => refused(error, attrs ?? {}))
}

async function sendFresh(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  id: string,
): Promise<FastifyReply> {
  const projection = projectionOf(request, request.caller.tenant.registry.Group)
  const params = request.params as { id?: string }
  params.id = id
  return sendResource(
    request,
    reply,
    context,
    request.caller.tenant.registry.Group,
    await requireResource(request, context, request.caller.tenant.registry.Group, projection),
    projection,
  )
}

function refused(error: unknown, attrs: Json): never {
  if (brokenConstraint(error) === 'resource_group_name') {
    throw new ScimError(
      409,
      `A group with displayName ${JSON.stringify(attrs.displayName)} exists already`,
      'uniqueness',
    )
  }
  /** Raised by function change_members with the ids that are unknown. */
  if (error instanceof DatabaseError && error.code === 'SC001') throw unknownMembers(error.message)
  throw error
}
