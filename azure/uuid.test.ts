import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stableUuid, uuidV5 } from './uuid.ts'

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

test('the example of RFC 9562, appendix A.4', () => {
  expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

test('each is a UUID of version 5, the same for the same name and another for another', () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(stableUuid(a)).toMatch(shape)
      expect(stableUuid(a) === stableUuid(b)).toBe(a === b)
    }),
  )
})
