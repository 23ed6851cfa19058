import type { FastifyReply, FastifyRequest } from 'fastify'
import { failureOf } from '../failures.ts'
import type { Context } from '../http/context.ts'
import { html } from './html.ts'
import { sendPage } from './layout.ts'

const titles = { 429: 'Not now', 500: 'Error', 503: 'Not now' }

/** Answers errors with the page of what went wrong. */
export function errorPages({ noteFailure }: Context) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const page = (status: number, title: string, text: string): FastifyReply =>
      sendPage(reply, { status, title, body: html`<p>${text}</p>` })
    const { status, message } = failureOf(error)
    const given = (error as { statusCode?: number }).statusCode ?? 500
    if (status === 500 && given < 500) {
      return page(given, 'Not understood', 'The service cannot read this request. Go back and try again.')
    }
    noteFailure(error, status, request, reply)
    return page(status, titles[status], `${message}.`)
  }
}
