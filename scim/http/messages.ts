import type { FastifyReply } from 'fastify'

export const scimJson = 'application/scim+json; charset=utf-8'

/** Serialised here, since fastify would look for a schema of the answer. */
export function sendScim(reply: FastifyReply, body: object): FastifyReply {
  return reply.type(scimJson).send(JSON.stringify(body))
}
