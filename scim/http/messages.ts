import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest } from '../errors.ts'

export const scimJson = 'application/scim+json; charset=utf-8'

/** Serialised here, since fastify would look for a schema of the answer. */
export function sendScim(reply: FastifyReply, body: object): FastifyReply {
  return reply.type(scimJson).send(JSON.stringify(body))
}

/** One value of a query parameter. Throws 400 if it is given twice. */
export function queryValue(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined>)[name]
  if (Array.isArray(value)) throw badRequest('invalidValue', `${name} is given twice`)
  return value
}
