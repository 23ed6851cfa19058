import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson } from './json.ts'

describe('JSON of a body', () => {
  test('is read as JSON.parse does', () => {
    const keys = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__')
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 0, stringUnit: 'grapheme' }),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value')),
      object: fc
        .uniqueArray(fc.tuple(keys, tie('value')), { selector: ([key]) => key.toLowerCase() })
        .map(Object.fromEntries),
    })).value
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value, null, 1)
        fc.pre(!text.includes('\\u0000'))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each([
    ['what is none', '{"a":', 'invalidSyntax'],
    ['a name twice (N12)', '{"a":1,"b":{"c":1},"a":2}', 'invalidSyntax'],
    ['a name twice in other case', '{"userName":1,"USERNAME":2}', 'invalidSyntax'],
    ['a name twice by an escape', '{"a":1,"\\u0061":2}', 'invalidSyntax'],
    ['a prototype (P34)', '{"a":[{"__proto__":{"admin":true}}]}', 'invalidSyntax'],
    ['a prototype by an escape', '{"\\u005f_proto__":1}', 'invalidSyntax'],
    [
      'too many names',
      JSON.stringify(Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [`a${n}`, n]))),
      'invalidSyntax',
    ],
    ['depth', `${'['.repeat(40)}${']'.repeat(40)}`, 'invalidSyntax'],
    ['a lone surrogate (X9)', '["\\udc00"]', 'invalidValue'],
    ['a NUL (X9)', '["a\\u0000"]', 'invalidValue'],
  ])('refuses %s', (_name, text, scimType) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ status: 400, scimType }))
  })

  test('takes one name in several objects, and brackets and colons in text', () => {
    const text = '[{"a":"{[:\\"]}","b":":"},{"a":{"a":[]}}]'
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  test('is as deep as it likes without harm', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(() => parseJson(deep)).toThrow(expect.objectContaining({ scimType: 'invalidSyntax' }))
  })
})
