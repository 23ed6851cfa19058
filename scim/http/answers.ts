import type { FastifyReply } from 'fastify'
import type { ScimAnswer } from '../protocol/request.ts'
import { sendScim } from './messages.ts'

/** One resource, or none, with its entity tag and address. */
export function sendAnswer(reply: FastifyReply, answer: ScimAnswer): FastifyReply {
  const { status, body, etag, location, applied } = answer
  if (etag) void reply.header('etag', etag)
  if (location) void reply.header(status === 201 ? 'location' : 'content-location', location)
  if (applied) void reply.header('preference-applied', applied)
  void reply.code(status)
  return body ? sendScim(reply, body) : reply.removeHeader('content-type').send()
}
