import { expect, test } from '@jest/globals'
import { tooManyFailures } from './quarantine.ts'

// Microsoft Learn, "Application provisioning in quarantine status", table of examples.
test.each([
  [4_000, 0, 0, null],
  [45_000, 0, 1_000_000, 'EncounteredBaseEscrowThreshold'],
  [30_000, 0, 5_000, 'EncounteredEscrowProportionThreshold'],
  [20_000, 0, 100_000, null],
  [40_000, 21_000, 1_000_000, 'EncounteredTotalEscrowThreshold'],
])('%i failures, %i of references, %i successes: %s', (failures, references, successes, reason) => {
  expect(tooManyFailures(failures, references, successes)).toBe(reason)
})
