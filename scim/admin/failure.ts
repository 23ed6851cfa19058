import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../operations/refusal.ts'
import { isUnreachable } from '../storage/database.ts'
import { html } from './html.ts'
import { sendPage } from './layout.ts'

/** The page of what went wrong; only what is nobody's doing but the service's is logged. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const page = (status: number, title: string, text: string): FastifyReply =>
    sendPage(reply, { status, title, body: html`<p>${text}</p>` })
  if (error instanceof Refusal) return page(error.statusCode, 'Not now', `${error.message}.`)
  if (isUnreachable(error)) {
    void reply.header('retry-after', '5')
    return page(
      503,
      'Database unreachable',
      'The database cannot be reached now. Nothing was changed; try again in a moment.',
    )
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status < 500)
    return page(status, 'Not understood', 'The service cannot read this request. Go back and try again.')
  request.log.error({ err: error }, 'page failed')
  return page(500, 'Error', 'The page could not be made. Try again.')
}
