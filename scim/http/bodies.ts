import type { FastifyInstance } from 'fastify'
import { badRequest, ScimError } from '../errors.ts'
import { parseJson } from './json.ts'

/**
 * Bodies are JSON in UTF-8, by whichever of the two media types (RFC 7644 §3.8). Throws 415 for others, 400 `invalidSyntax` or `invalidValue` for what is not such JSON.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'buffer' },
    async (request: { headers: { 'content-type'?: string } }, body: Buffer) => {
      const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
      if (charset && !/^utf-?8$/i.test(charset)) throw new ScimError(415, 'The body must be in UTF-8')
      return body.length === 0 ? undefined : parseJson(decode(body))
    },
  )
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw badRequest('invalidSyntax', 'The body is not UTF-8')
  }
}
