import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readCursor, writeCursor } from './cursor.ts'

const key = Buffer.alloc(32, 1)
const cursor = { position: { key: 'Zo\u00eb "x"', seq: 7 }, total: 1_000 }
const now = Date.parse('2026-01-01T00:00:00Z')
const text = writeCursor(key, 'query', cursor, 60, now)
const signature = Buffer.from(text.split('.')[1]!, 'base64url')

test('is read as it was written, within its time (G22)', () => {
  expect(readCursor(key, 'query', text, now + 59_000)).toEqual(cursor)
  expect(() => readCursor(key, 'query', text, now + 60_000)).toThrow(
    expect.objectContaining({ status: 400, scimType: 'expiredCursor' }),
  )
})

test('holds characters only that need no encoding in a URL, whatever it is sorted by', () => {
  fc.assert(
    fc.property(fc.option(fc.string({ unit: 'binary' })), fc.nat(), (last, seq) => {
      const position = { key: last, seq }
      const written = writeCursor(key, 'query', { position, total: seq }, 60)
      expect(written).toMatch(/^[A-Za-z0-9._~-]+$/)
      expect(readCursor(key, 'query', written).position).toEqual(position)
    }),
  )
})

const invalid = expect.objectContaining({ status: 400, scimType: 'invalidCursor' })

test('is refused for another query, by another key, changed and made up (G21)', () => {
  expect(() => readCursor(key, 'other', text, now)).toThrow(invalid)
  expect(() => readCursor(Buffer.alloc(32, 2), 'query', text, now)).toThrow(invalid)
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom('A', 'b', '_', '.', ''), (at, character) => {
      const changed = text.slice(0, at) + character + text.slice(at + 1)
      fc.pre(Buffer.from(changed.split('.')[1] ?? '', 'base64url').compare(signature) !== 0 || at < text.indexOf('.'))
      fc.pre(changed !== text)
      expect(() => readCursor(key, 'query', changed, now)).toThrow(invalid)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (made) => {
      expect(() => readCursor(key, 'query', made, now)).toThrow(invalid)
    }),
  )
})
