import { createHmac, timingSafeEqual } from 'node:crypto'
import { badRequest } from '../errors.ts'
import type { Position } from '../storage/lists.ts'

/** Where a list goes on. */
export interface Cursor {
  /** Of the last resource that was given. */
  position: Position
  /** How many there were at the first page; not counted again for each. */
  total: number
}

/**
 * A cursor as text, of unreserved characters only (RFC 9865 §2). Signed together with `query`, the list that it belongs to, so that
 * it is of no use for another. `now` in milliseconds.
 */
export function writeCursor(key: Buffer, query: string, cursor: Cursor, seconds: number, now = Date.now()): string {
  const { position, total } = cursor
  const expires = Math.floor(now / 1_000) + seconds
  const content = Buffer.from(JSON.stringify([position.key, position.seq, total, expires])).toString('base64url')
  return `${content}.${signature(key, query, content).toString('base64url')}`
}

/** Throws 400 `invalidCursor` for what was not written for the same query, `expiredCursor` for what is too old. */
export function readCursor(key: Buffer, query: string, text: string, now = Date.now()): Cursor {
  const [content = '', signed = ''] = text.split('.')
  const [wanted, given] = [signature(key, query, content), Buffer.from(signed, 'base64url')]
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    const detail = 'The cursor is none of this list; take nextCursor of the page before, with the same filter and order'
    throw badRequest('invalidCursor', detail)
  }
  const [last, seq, total, expires] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8'))
  if (expires * 1_000 <= now)
    throw badRequest('expiredCursor', 'The cursor is too old; begin again with the first page')
  return { position: { key: last, seq }, total }
}

const signature = (key: Buffer, query: string, content: string): Buffer =>
  createHmac('sha256', key).update(`${query}\n${content}`).digest()
