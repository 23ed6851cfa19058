import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** The credential of a request, RFC 6750 §2.1; empty if it has none. */
export function bearerOf(request: FastifyRequest): string {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** Compares hashes, in constant time, so that neither content nor length shows in the time it takes. */
export function isAdminToken(given: string, adminToken: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(adminToken))
}
