import { expect, test } from '@jest/globals'
import { pauseBefore } from './busyServer.ts'

const NOT_ACCESSIBLE =
  'request failed: Code="AadAuthOperationCannotBePerformedWhenServerIsNotAccessible" Message="The server is not in an accessible state."'
const BUSY = 'Status=409 Code="ServerIsBusy" Message="Server is busy with other operations."'

test('a server that is not ready is tried again, with longer and longer pauses, for some minutes', () => {
  const errors: string[] = []
  const pauses: number[] = []
  for (;;) {
    errors.unshift(errors.length % 2 === 0 ? NOT_ACCESSIBLE : BUSY)
    const pause = pauseBefore(errors)
    if (pause === undefined) break
    pauses.push(pause)
  }
  expect(pauses.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60])
  const minutes = pauses.reduce((sum, pause) => sum + pause) / 60
  expect(minutes).toBeGreaterThan(5)
  expect(minutes).toBeLessThan(10)
})

test.each([
  'Code="ParameterOutOfRange" Message="The value is not allowed."',
  'Code="AuthorizationFailed"',
  'Code="ServerIsBusyForGood"',
])('%s is no reason to wait, nor what was said before it', (error) => {
  expect(pauseBefore([error, BUSY])).toBeUndefined()
})
