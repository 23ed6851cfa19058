import type { FastifyInstance } from 'fastify'
import { badRequest, ScimError } from '../errors.ts'
import { parseJson } from './json.ts'

/**
 * Bodies are JSON in UTF-8, by whichever of the two media types (RFC 7644 §3.8), and not compressed: what a body becomes when
 * it is inflated has no limit. Throws 415 for others, 400 `invalidSyntax` or `invalidValue` for what is not such JSON.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addHook('onRequest', async (request) => {
    const encoding = request.headers['content-encoding']
    if (encoding && encoding.toLowerCase() !== 'identity') {
      throw new ScimError(415, 'Compressed bodies are not accepted; send it without Content-Encoding')
    }
  })
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
