import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { json, type WireResponse } from './exchange.ts'

/** Bytes of a body, inflated; Graph itself takes some megabytes. */
const LIMIT = 16 * 1024 * 1024

/** By `content-encoding`; SDKs that compress what they send (kiota's) send it again as it is after a 415 alone. */
const DECODERS = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}
const ENCODINGS = Object.keys(DECODERS).join(', ')

/** The body of a request as its sender wrote it, or the answer that refuses it: 400, 413 or 415. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer | WireResponse> {
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity') return (await collect(incoming)) ?? TOO_LARGE
  if (!Object.hasOwn(DECODERS, encoding)) {
    const message = `The content-encoding "${encoding}" is not known. Known: identity, ${ENCODINGS}.`
    return refusal(415, 'UnsupportedMediaType', message, { 'accept-encoding': ENCODINGS })
  }
  const decoder = DECODERS[encoding as keyof typeof DECODERS]()
  incoming.once('error', (error) => decoder.destroy(error))
  try {
    return (await collect(incoming.pipe(decoder))) ?? TOO_LARGE
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) throw error
    return refusal(400, 'BadRequest', `The body is not ${encoding}, which its content-encoding says it is.`)
  } finally {
    decoder.destroy()
  }
}

/** Undefined for more than the limit. The stream stays as it is: with it would go the connection, and the answer. */
async function collect(stream: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length
    if (length > LIMIT) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

const refusal = (status: number, code: string, message: string, headers: Record<string, string> = {}) =>
  json(status, { error: { code, message } }, headers)

const TOO_LARGE = refusal(413, 'RequestEntityTooLarge', `A body has ${LIMIT} bytes at most, inflated.`)
