import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { UNKNOWN } from '../resources/resource.ts'
import { decode, encode, formatPath, redact, secretTexts } from './wire.ts'

const SIGNATURE = '4dabf18193072939515e22adb298388d'
const secret = (value: unknown) => ({ [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', value })
const UNKNOWN_TEXT = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

describe('the property encoding', () => {
  test('takes secrets out of their envelopes and says where they stood', () => {
    const decoded = decode({
      credentials: { clientId: 'a', clientSecret: secret('hush') },
      list: [secret({ deep: secret(1) })],
    })
    expect(decoded.value).toEqual({ credentials: { clientId: 'a', clientSecret: 'hush' }, list: [{ deep: 1 }] })
    expect(decoded.secrets).toEqual([
      ['credentials', 'clientSecret'],
      ['list', 0],
    ])
  })

  test('reads output values, known and unknown', () => {
    const output = { [SIGNATURE]: 'd0e6a833031e9bbcd3f4e8bde6ca49a4' }
    const decoded = decode({ known: { ...output, value: 'x', secret: true }, unknown: { ...output } })
    expect(decoded).toEqual({ value: { known: 'x', unknown: UNKNOWN }, secrets: [['known']] })
  })

  test('refuses assets by place instead of passing them on as objects', () => {
    const asset = { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17', text: 'x' }
    expect(() => decode({ a: [asset] })).toThrow('a[0]')
  })

  test('marks nothing where the secret place is missing or null', () => {
    expect(
      encode({ credentials: { clientSecret: null } }, [
        ['credentials', 'clientSecret'],
        ['other', 'place'],
      ]),
    ).toEqual({
      credentials: { clientSecret: null },
    })
  })

  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(UNKNOWN))
  const key = fc.string({ minLength: 1 }).filter((text) => text !== SIGNATURE && text !== '__proto__')
  const bag = fc.dictionary(
    key,
    fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(key, tie('value'))),
    })).value,
  )

  test('decode is the inverse of encode, for any value and any secret place', () => {
    fc.assert(
      fc.property(bag, fc.nat(), (value, pick) => {
        const places = leaves(value)
        const secrets = places.length > 0 ? [places[pick % places.length] as (string | number)[]] : []
        const decoded = decode(encode(value, secrets))
        expect(decoded.value).toEqual({ ...value })
        expect(decoded.secrets).toEqual(secrets)
      }),
    )
  })

  test('what is encoded as secret is nowhere outside an envelope', () => {
    fc.assert(
      fc.property(bag, (value) => {
        const wire = JSON.stringify(encode({ ...value, token: 'tell-nobody' }, [['token']]))
        expect(wire.split('tell-nobody')).toHaveLength(2)
        expect(wire).toContain(JSON.stringify(secret('tell-nobody')))
      }),
    )
  })

  test('unknown values travel as the sentinel that the engine uses', () => {
    expect(encode({ a: UNKNOWN }, [])).toEqual({ a: UNKNOWN_TEXT })
  })
})

describe('paths', () => {
  test.each([
    [['credentials', 'clientSecret'], 'credentials.clientSecret'],
    [['users', 0, 'a b'], 'users[0]["a b"]'],
  ])('%j is written %s', (path, text) => expect(formatPath(path)).toBe(text))
})

describe('redaction', () => {
  test('removes every text below a secret place, also URL-encoded, longest first', () => {
    const decoded = decode({ a: secret({ key: 'p@ss/word', more: ['p@ss/word-2'] }), b: 'open' })
    const hidden = secretTexts(decoded)
    expect(redact('say p@ss/word-2, p@ss/word and p%40ss%2Fword of open', hidden)).toBe(
      'say [secret], [secret] and [secret] of open',
    )
  })
})

/** Paths of all leaves with a value: an empty or null place cannot carry a mark. */
function leaves(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]))
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
  return [path]
}
