import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import { isUuid } from '../resource/members.ts'
import type { Projection } from '../resource/projection.ts'
import { entityTag, render, type Stored } from '../resource/render.ts'
import type { ResourceType } from '../schema/model.ts'
import { readResourceRow } from '../storage/resources.ts'
import { notModified, projectionOf } from './conditions.ts'
import { type Context, tenantUrl } from './context.ts'
import { sendScim } from './messages.ts'

/** Answers with one resource and its entity tag. */
export function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  type: ResourceType,
  stored: Stored,
  projection: Projection,
): FastifyReply {
  const resource = render(type, stored, tenantUrl(context, request.caller.tenant.name))
  void reply.header('etag', entityTag(stored.version))
  void reply.header(
    reply.statusCode === 201 ? 'location' : 'content-location',
    (resource.meta as { location: string }).location,
  )
  return sendScim(reply, projection.apply(resource))
}

/** The stored resource. Throws 404, also for ids that cannot exist. */
export async function requireResource(
  request: FastifyRequest,
  context: Context,
  type: ResourceType,
  projection: Projection,
): Promise<Stored> {
  const { id } = request.params as { id: string }
  const stored = isUuid(id) && (await readResourceRow(context.database, request.caller.tenant.id, type, id, projection))
  if (!stored) throw notFound(type.name, id)
  return stored
}

export async function getResource(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  type: ResourceType,
): Promise<FastifyReply> {
  const projection = projectionOf(request, type)
  const stored = await requireResource(request, context, type, projection)
  if (notModified(request, reply, stored.version)) return reply
  return sendResource(request, reply, context, type, stored, projection)
}
