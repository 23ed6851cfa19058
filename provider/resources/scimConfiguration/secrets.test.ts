import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Api, Configuration, SecretRecord } from './api.ts'
import type { ScimConfigurationOutputs as Outputs } from './inputs.ts'
import { isDue, replaceSecret, retireSecret } from './secrets.ts'

const START = Date.parse('2026-01-01T18:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const iso = (hours: number) => new Date(START + hours * HOUR).toISOString()

/** Made `created` hours after the start, used last `used` hours after it. */
function secret(id: string, created: number, used: number | null): SecretRecord {
  return { id, createdAt: iso(created), expiresAt: iso(24 * 730), lastUsedAt: used === null ? null : iso(used) }
}

function service(...secrets: SecretRecord[]) {
  const configuration = { id: 'c', secrets } as Configuration
  const live = new Set(secrets.map(({ id }) => id))
  const most: number[] = []
  const api = {
    newSecret: async () => {
      live.add('new')
      most.push(live.size)
      return { id: 'new', clientSecret: 'clear', createdAt: iso(0), expiresAt: iso(1) }
    },
    endSecret: async (_: string, id: string) => void live.delete(id),
  } as unknown as Api
  return { api, configuration, live, most }
}

describe('a period', () => {
  const age = { secretCreatedAt: iso(0), secretExpiresAt: iso(24 * 730) }
  const every = (days: number) => ({ every: `${days}d` })

  test('is over from the same day on, so that preview and update of a day agree', () => {
    const at = (text: string) => isDue(every(90), age, Date.parse(text))
    expect(at('2026-03-31T23:59:59Z')).toBe(false)
    expect(at('2026-04-01T00:00:00Z')).toBe(true)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 730 }),
        fc.integer({ min: 0, max: 800 }),
        fc.nat(DAY - 1),
        (days, day, ms) => {
          const midnight = Date.parse('2026-01-01T00:00:00Z') + day * DAY
          const due = isDue(every(days), age, midnight)
          expect(isDue(every(days), age, midnight + ms)).toBe(due)
          // No secret is ever used up to its end.
          expect(due).toBe(day >= Math.min(days, 700))
        },
      ),
    )
  })

  test('is none in a text, nor without a record', () => {
    const later = START + 1000 * DAY
    expect(isDue('90d', age, later)).toBe(false)
    expect(isDue(undefined, age, later)).toBe(false)
    expect(isDue(every(1), { ...age, secretCreatedAt: null }, later)).toBe(false)
  })
})

describe('what stays valid beside a new secret', () => {
  test.each<[string, SecretRecord[], string, string | null]>([
    ['the only one', [secret('a', 0, 5)], 'a', 'a'],
    ['the one in use, when its predecessor had not ended', [secret('a', 0, 3), secret('b', 4, 5)], 'b', 'b'],
    [
      'the one in use, when a run was killed before it handed the next one out',
      [secret('a', 0, 5), secret('b', 4, null)],
      'a',
      'a',
    ],
    [
      'the one in use, when a run was killed before Entra was given the next one',
      [secret('a', 0, 5), secret('b', 4, null)],
      'b',
      'a',
    ],
    ['the one handed out, where none was ever used', [secret('a', 0, null), secret('b', 4, null)], 'a', 'a'],
    ['none, where nothing was handed out', [secret('a', 0, null)], '', null],
    ['none, where there is none', [], 'a', null],
  ])('%s', async (_, secrets, handedOut, stays) => {
    const { api, configuration, live, most } = service(...secrets)
    const made = await replaceSecret(api, configuration, handedOut)
    expect(made).toMatchObject({ secretId: 'new', clientSecret: 'clear', previousSecretId: stays })
    expect([...live]).toEqual(stays ? [stays, 'new'] : ['new'])
    // With a third one the service itself would end the oldest, which may be the one in use.
    expect(most).toEqual([live.size])
    expect(made.configuration.secrets.map(({ id }) => id)).toEqual([...live])
  })
})

describe('the previous secret ends', () => {
  const outputs = { secretId: 'b', previousSecretId: 'a' } as Outputs
  const now = START + 48 * HOUR
  test.each<[string, SecretRecord[], Record<string, string>, boolean]>([
    ['once the new one was used again after the test', [secret('a', 0, 1), secret('b', 10, 12)], {}, true],
    ['not after the test alone', [secret('a', 0, 1), secret('b', 10, 10.5)], {}, false],
    ['not while the new one was never used', [secret('a', 0, 1), secret('b', 10, null)], {}, false],
    ['not while a long cycle goes on with it', [secret('a', 0, 13), secret('b', 10, 12)], {}, false],
    ['also where it was never used itself', [secret('a', 0, null), secret('b', 10, 12)], {}, true],
    [
      'for who has seen the new one in use',
      [secret('a', 0, 1), secret('b', 10, 10)],
      { ENTRADA_RETIRE_SECRET: 'a' },
      true,
    ],
    ['not for who speaks of another', [secret('a', 0, 1), secret('b', 10, 10)], { ENTRADA_RETIRE_SECRET: 'b' }, false],
  ])('%s', async (_, secrets, env, ended) => {
    const { api, configuration, live } = service(...secrets)
    const rest = await retireSecret(api, configuration, outputs, { env, now })
    expect([...live]).toEqual(ended ? ['b'] : ['a', 'b'])
    expect(rest).toEqual(ended ? { previousSecretId: null } : { previousSecretId: 'a', retireFrom: iso(48 + 7 * 24) })
  })
})
