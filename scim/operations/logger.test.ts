import { expect, jest, test } from '@jest/globals'
import { gathering, openLogger } from './logger.ts'

test('lines of a short time are written at once, in order, and none is kept for longer', () => {
  jest.useFakeTimers()
  const written: string[] = []
  const destination = gathering({ write: (text) => void written.push(text) })
  const log = openLogger('info', destination)
  const messages = () =>
    written.map((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    )
  for (let n = 0; n < 100; n++) log.info(`line ${n}`)
  expect(messages()).toEqual([])
  jest.advanceTimersByTime(20)
  expect(messages()).toEqual([Array.from({ length: 100 }, (_, n) => `line ${n}`)])
  jest.advanceTimersByTime(1_000)
  log.info('later')
  destination.flush()
  destination.flush()
  jest.advanceTimersByTime(1_000)
  expect(messages().slice(1)).toEqual([['later']])
  jest.useRealTimers()
})
