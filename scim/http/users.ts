import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, ScimError } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { readResource } from '../resource/body.ts'
import { isUuid } from '../resource/members.ts'
import { readOperations } from '../resource/operations.ts'
import { applyChanges, changedNames } from '../resource/patch.ts'
import type { Stored } from '../resource/render.ts'
import { brokenConstraint } from '../storage/database.ts'
import { createUser, deleteResource, updateUser, type Writer } from '../storage/writes.ts'
import { getResource, requireResource, sendResource } from './answers.ts'
import { changedSince, projectionOf, requireVersion, versionsOf } from './conditions.ts'
import type { Context } from './context.ts'

/** How often a write without If-Match starts over when others write the same user meanwhile. */
const attempts = 10

export function userRoutes(app: FastifyInstance, context: Context): void {
  app.get('/Users/:id', (request, reply) => getResource(request, reply, context, request.caller.tenant.registry.User))

  app.post('/Users', async (request, reply) => {
    const projection = projectionOf(request, request.caller.tenant.registry.User)
    const attrs = { active: true, ...readResource(request.caller.tenant.registry.User, request.body) }
    const { defaultLicence } = request.caller
    const created = createUser(context.database, writerOf(request), randomUUID(), attrs, defaultLicence)
    const stored = await created.catch((error) => taken(error, attrs))
    return sendResource(request, reply.code(201), context, request.caller.tenant.registry.User, stored, projection)
  })

  app.put('/Users/:id', (request, reply) => {
    const attrs = readResource(request.caller.tenant.registry.User, request.body)
    return change(request, reply, context, (before) => ({ active: before.active, ...attrs }))
  })

  app.patch('/Users/:id', (request, reply) => {
    const changes = readOperations(request.caller.tenant.registry.User, request.body)
    return change(request, reply, context, (before) =>
      applyChanges(request.caller.tenant.registry.User, before, changes),
    )
  })

  app.delete<{ Params: { id: string } }>('/Users/:id', async (request, reply) => {
    const { id } = request.params
    if (!isUuid(id)) throw notFound('User', id)
    const outcome = await deleteResource(context.database, writerOf(request), 'User', id, versionsOf(request))
    if (outcome === 'absent') throw notFound('User', id)
    if (outcome === 'changed') throw changedSince()
    return reply.code(204).removeHeader('content-type').send()
  })
}

export const writerOf = (request: FastifyRequest): Writer => ({
  tenant: request.caller.tenant.id,
  actor: request.caller.name,
  registry: request.caller.tenant.registry,
})

/** Reads, changes and writes a user; starts over when the version moved in between, unless If-Match named one. */
async function change(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  next: (before: Json) => Json,
): Promise<FastifyReply> {
  const projection = projectionOf(request, request.caller.tenant.registry.User)
  const allowed = versionsOf(request)
  for (let attempt = 1; ; attempt++) {
    const before = await requireResource(request, context, request.caller.tenant.registry.User, projection)
    requireVersion(before.version, allowed)
    const attrs = next(before.attrs)
    const changed = changedNames(before.attrs, attrs)
    const stored = changed.length === 0 ? before : await write(request, context, before, attrs, changed)
    if (stored) return sendResource(request, reply, context, request.caller.tenant.registry.User, stored, projection)
    if (allowed || attempt === attempts) throw changedSince()
  }
}

function write(
  request: FastifyRequest,
  context: Context,
  before: Stored,
  attrs: Json,
  changed: string[],
): Promise<Stored | undefined> {
  const written = updateUser(context.database, writerOf(request), before, attrs, changed)
  return written.catch((error) => taken(error, attrs))
}

function taken(error: unknown, attrs: Json): never {
  if (brokenConstraint(error) !== 'resource_user_name') throw error
  throw new ScimError(409, `A user with userName ${JSON.stringify(attrs.userName)} exists already`, 'uniqueness')
}
