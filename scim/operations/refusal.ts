import type { FastifyReply } from 'fastify'

/** The service cannot or will not work on a request now; worth another try later. */
export class Refusal extends Error {
  readonly statusCode: 429 | 503

  constructor(statusCode: 429 | 503, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** Each part of the service renders the error in its own shape; when to come again is said here. */
export function refuse(reply: FastifyReply, statusCode: 429 | 503, message: string, retryAfter: number): never {
  void reply.header('retry-after', retryAfter)
  throw new Refusal(statusCode, message)
}
