import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addressSpaceFault, formatRange, overlaps, parseRange, subnetsOf } from './network.ts'

const range = fc
  .record({ prefix: fc.integer({ min: 0, max: 32 }), at: fc.nat({ max: 2 ** 32 - 1 }) })
  .map(({ prefix, at }) => ({ prefix, base: at - (at % 2 ** (32 - prefix)) }))

test('a range is read as it was written', () => {
  fc.assert(fc.property(range, (one) => expect(parseRange(formatRange(one))).toEqual(one)))
})

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.256/32', '10.0.0.1/24', 'x', '010.0.0.0/8/8'])('%s is no range', (text) =>
  expect(parseRange(text)).toBeUndefined(),
)

describe('an address space', () => {
  test('is divided into subnets that are in it, are large enough, and do not overlap', () => {
    const allowed = range.filter((one) => addressSpaceFault(formatRange(one)) === undefined)
    fc.assert(
      fc.property(allowed, (space) => {
        const { apps, database } = subnetsOf(formatRange(space))
        const [a, d] = [parseRange(apps)!, parseRange(database)!]
        expect(overlaps(a, d)).toBe(false)
        for (const subnet of [a, d]) expect(overlaps(subnet, space) && subnet.prefix > space.prefix).toBe(true)
        expect(a.prefix).toBeLessThanOrEqual(27)
        expect(d.prefix).toBe(28)
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    ['10.90.0.0', 'a range of IPv4 addresses'],
    ['10.90.0.0/27', '64 addresses'],
    ['8.8.0.0/16', 'it must be private'],
    ['0.0.0.0/0', 'it must be private'],
    ['172.31.0.0/16', 'Container Apps uses itself'],
    ['172.16.0.0/12', 'Container Apps uses itself'],
  ])('%s is refused', (text, fault) => expect(addressSpaceFault(text)).toContain(fault))

  test('the usual one', () => {
    expect(addressSpaceFault('10.90.0.0/24')).toBeUndefined()
    expect(subnetsOf('10.90.0.0/24')).toEqual({ apps: '10.90.0.0/25', database: '10.90.0.128/28' })
  })
})
