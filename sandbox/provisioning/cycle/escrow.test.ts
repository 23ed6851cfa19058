import { expect, test } from '@jest/globals'
import type { Escrow } from '../../tenant/model.ts'
import { DEFAULT_SWITCHES } from '../switches.ts'
import { escrowOf } from './escrow.ts'

const BEGAN = Date.parse('2026-03-01T08:00:00Z')
const HOUR = 3_600_000
const FAILURE = { objectId: 'anna', objectType: 'user', errorCode: 'Timeout', message: 'slow' } as const

const fails = (before: Escrow | undefined, hours: number) =>
  escrowOf('job', before, FAILURE, BEGAN + hours * HOUR, DEFAULT_SWITCHES)
const hoursUntilNext = (escrow: Escrow | null) => escrow && (Date.parse(escrow.nextAttempt) - BEGAN) / HOUR

test('retries come with the next cycle, after 6, 12 and 24 hours, then daily', () => {
  let escrow = fails(undefined, 0)
  const planned = [hoursUntilNext(escrow)]
  for (const hours of [1, 6, 12, 24, 48]) {
    escrow = fails(escrow!, hours)
    planned.push(hoursUntilNext(escrow))
  }
  expect(planned).toEqual([0, 6, 12, 24, 48, 72])
  expect(escrow).toMatchObject({ attempts: 6, firstFailed: '2026-03-01T08:00:00.000Z' })
})

test('a retry made late, or for a change in the source, is followed by the next one in the future', () => {
  expect(hoursUntilNext(fails(fails(undefined, 0)!, 20))).toBe(24)
})

test('after 28 days it is given up', () => {
  const first = fails(undefined, 0)!
  expect(fails(first, 28 * 24 - 1)).not.toBeNull()
  expect(fails(first, 28 * 24)).toBeNull()
})
