import { describe, expect, test } from '@jest/globals'
import { checkSettings, DEFAULT_SETTINGS, type Settings } from './settings.ts'

const NUMBER = /Allowed: a whole number from \d+ to \d+\.$/
const LIST = /Allowed: a list of whole numbers from 0 to \d+\.$/

test('the defaults are allowed', () => {
  expect(checkSettings({ ...DEFAULT_SETTINGS })).toEqual(DEFAULT_SETTINGS)
})

describe('a number', () => {
  const numbers = (Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]).filter(
    (name) => typeof DEFAULT_SETTINGS[name] === 'number',
  )

  test.each(numbers)('%s is whole, within its bounds, and none is 0 that stops the work', (name) => {
    for (const value of [-1, 1.5, 1e12, '1', true, null, [1]])
      expect(() => checkSettings({ [name]: value })).toThrow(NUMBER)
    const mayBeZero = ['latencyMs', 'replicationDelayMs', 'tokenSkewSeconds'].includes(name)
    if (mayBeZero) expect(checkSettings({ [name]: 0 })).toEqual({ [name]: 0 })
    else
      expect(() => checkSettings({ [name]: 0 })).toThrow(
        `Setting "${name}" cannot be 0. Allowed: a whole number from 1`,
      )
  })

  test.each(['throttleRequests', 'operationsPerPatch'])('%s may be null', (name) => {
    expect(checkSettings({ [name]: null })).toEqual({ [name]: null })
    expect(() => checkSettings({ [name]: 0.5 })).toThrow(/Allowed: null, a whole number from/)
  })
})

test.each(['quarantineRetrySeconds', 'escrowRetrySeconds'])('%s is a list of at least one whole number', (name) => {
  expect(checkSettings({ [name]: [0, 60] })).toEqual({ [name]: [0, 60] })
  for (const value of [[], [-1], [1.5], ['1'], 60, null]) expect(() => checkSettings({ [name]: value })).toThrow(LIST)
})

test.each<[name: string, value: unknown, allowed: string]>([
  ['concurrency', 1001, 'a whole number from 1 to 1000'],
  ['throttledRetrySeconds', [3601], 'a list of whole numbers from 0 to 3600'],
  ['smtp', 'nowhere', 'host:port with a port from 1 to 65535, or "" for none'],
  ['smtp', 'mail:0', 'host:port'],
  ['smtp', 'mail:65536', 'host:port'],
  ['smtp', 25, 'host:port'],
  ['userAgent', 'one\r\nx-other: 1', 'visible ASCII'],
  ['userAgent', 'Entra €', 'visible ASCII'],
  ['activityHeader', 'two words', 'the name of a header'],
  ['documentedLimits', 'yes', 'true, false'],
  ['secretsPut', 'x', 'upsert, replace'],
  ['progressUnits', 'percent', 'objects, pages'],
  ['forcedValidation', undefined, 'null, "ok", { status (400 to 599), code, message }'],
  ['forcedValidation', { status: 204, code: 'x', message: '' }, '400 to 599'],
])('%s cannot be %j', (name, value, allowed) => {
  expect(() => checkSettings({ [name]: value })).toThrow(`Setting "${name}" cannot be`)
  expect(() => checkSettings({ [name]: value })).toThrow(allowed)
})

test.each<[name: string, value: unknown]>([
  ['smtp', 'mail.contoso.test:25'],
  ['smtp', '[::1]:1025'],
  ['smtp', ''],
  ['throttledRetrySeconds', []],
  ['activityHeader', 'x-ms-activity-id'],
  ['forcedValidation', { status: 400, code: 'x', message: '' }],
])('%s can be %j', (name, value) => {
  expect(checkSettings({ [name]: value })).toEqual({ [name]: value })
})
