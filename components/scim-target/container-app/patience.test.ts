import { expect, test } from '@jest/globals'
import { pauseBefore, ROLE_NOT_ARRIVED, SERVER_NOT_READY } from './patience.ts'

const NOT_ACCESSIBLE =
  'request failed: Code="AadAuthOperationCannotBePerformedWhenServerIsNotAccessible" Message="The server is not in an accessible state."'
const BUSY = 'Status=409 Code="ServerIsBusy" Message="Server is busy with other operations."'

test('a server that is not ready is tried again, with longer and longer pauses, for some minutes', () => {
  const errors: string[] = []
  const pauses: number[] = []
  for (;;) {
    errors.unshift(errors.length % 2 === 0 ? NOT_ACCESSIBLE : BUSY)
    const pause = pauseBefore(SERVER_NOT_READY, errors)
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
  expect(pauseBefore(SERVER_NOT_READY, [error, BUSY])).toBeUndefined()
})

test.each([
  [
    "Field 'template.containers.scim.image' is invalid with details: 'Invalid value: \"contoso.azurecr.io/scim:1\": unable to pull image using Managed identity /subscriptions/1 for registry contoso.azurecr.io'",
    2,
  ],
  ['Failed to provision revision for container app: the container crashed', undefined],
])('an app that fails with %j is updated again in %p seconds', (error, pause) => {
  expect(pauseBefore(ROLE_NOT_ARRIVED, [error])).toBe(pause)
})
