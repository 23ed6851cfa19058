import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Author } from '../../storage/audit.ts'
import { findTenant, type Tenant } from '../../storage/tenants.ts'
import type { Context } from '../context.ts'
import { ApiError, clipped, parse, requireText } from './errors.ts'

/** What an operation is asked; parameters, query and body are checked. */
export interface Asked<Query, Body> {
  context: Context
  params: Record<string, string>
  query: Query
  body: Body
  /** Throws 404 if there is none of that name. */
  tenant(): Promise<Tenant>
  /** As the audit trail names who asks. */
  actor: string
  authorIn(tenant: Tenant): Author
}

/** One call of the management API: its route and its description are made of this. */
export interface Operation {
  /** Unique, for clients that are generated. */
  name: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api; parameters in braces. */
  path: string
  summary: string
  query: z.ZodType
  /** Undefined: it takes none. */
  body: z.ZodType | undefined
  status: 200 | 201 | 204
  /** Undefined: an answer without body. */
  answer: z.ZodType | undefined
  /** Set where it may be refused because of what there is already: says when. */
  conflict: string | undefined
  handle(asked: Asked<unknown, unknown>): Promise<unknown>
}

interface Definition<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType> {
  name: string
  method: Operation['method']
  path: string
  summary: string
  query?: Query
  body?: Body
  status?: 201
  /** Left out: the operation answers 204, without body. */
  answer?: Answer
  conflict?: string
  handle(asked: Asked<z.output<Query>, z.output<Body>>): Promise<z.input<Answer>>
}

const nothing = z.strictObject({})

export function operation<
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
>(definition: Definition<Query, Body, Answer>): Operation {
  const { query = nothing, body, answer, conflict, status } = definition
  return {
    ...definition,
    query,
    body,
    answer,
    conflict,
    status: answer ? (status ?? 200) : 204,
    handle: definition.handle as Operation['handle'],
  }
}

export function addOperations(app: FastifyInstance, context: Context, operations: Operation[]): void {
  for (const each of operations) {
    app.route({
      method: each.method,
      url: each.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      async handler(request, reply) {
        const result = await each.handle(asked(each, context, request))
        return reply.code(each.status).send(each.answer ? result : undefined)
      },
    })
  }
}

function asked({ query, body }: Operation, context: Context, request: FastifyRequest): Asked<unknown, unknown> {
  const params = request.params as Record<string, string>
  requireText(params, 'path')
  const { actor } = request.manager
  return {
    context,
    params,
    query: parse(query, request.query, 'query'),
    body: body && parse(body, request.body ?? {}, 'body'),
    actor,
    authorIn: ({ id }) => ({ tenant: id, actor }),
    async tenant() {
      const tenant = await findTenant(context.database, params.tenant!)
      if (tenant) return tenant
      throw new ApiError(404, 'not_found', `There is no tenant ${clipped(params.tenant!)}; PUT makes it`)
    },
  }
}
