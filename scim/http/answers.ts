import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import { parseFilter } from '../filter/parse.ts'
import { isUuid } from '../resource/members.ts'
import type { Projection } from '../resource/projection.ts'
import { entityTag, render, type Stored } from '../resource/render.ts'
import type { ResourceType } from '../schema/model.ts'
import { listResources, readResourceRow } from '../storage/resources.ts'
import { notModified, pageOf, projectionOf } from './conditions.ts'
import { type Context, tenantUrl } from './context.ts'
import { queryValue, sendScim } from './messages.ts'

/** The most resources on one page; also told by ServiceProviderConfig. */
export const maximumResults = 200

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

/** RFC 7644 §3.4.2. No match is an empty list, never 404: identity providers probe for names that do not exist. */
export async function getList(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  type: ResourceType,
): Promise<FastifyReply> {
  const { tenant } = request.caller
  const projection = projectionOf(request, type)
  const text = queryValue(request, 'filter')
  const page = pageOf(request, maximumResults)
  const filter = text === undefined ? undefined : parseFilter(text)
  const { rows, total } = await listResources(context.database, tenant.id, type, filter, projection, page)
  const base = tenantUrl(context, tenant.name)
  return sendScim(reply, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex: page.startIndex,
    itemsPerPage: rows.length,
    Resources: rows.map((row) => projection.apply(render(type, row, base))),
  })
}
