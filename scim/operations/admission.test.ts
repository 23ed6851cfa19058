import { afterEach, expect, test } from '@jest/globals'
import { type FastifyInstance, fastify } from 'fastify'
import { admission } from './admission.ts'
import type { Metrics } from './metrics.ts'

let app: FastifyInstance
afterEach(() => app.close())

const refused: string[] = []
const metrics = { inFlight() {}, refused: (reason: string) => refused.push(reason) } as unknown as Metrics

/** Its load is taken once a second: that is overdue when this ends, and comes before the first request. */
async function busyFor(milliseconds: number, maxEventLoopDelay: number): Promise<void> {
  app = fastify()
  admission(app, { maxInFlight: 10, maxEventLoopDelay }, metrics)
  for (const url of ['/Users', '/healthz']) app.get(url, async () => 'answered')
  await app.ready()
  for (const end = Date.now() + milliseconds; Date.now() < end; );
  await new Promise((resolve) => setTimeout(resolve, 1))
}

test('what arrives while the service lags is refused with 503 and when to come again, probes but for', async () => {
  await busyFor(1_500, 10)
  const answer = await app.inject('/Users')
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(refused).toEqual(['overload'])
  expect((await app.inject('/healthz')).body).toBe('answered')
})

test('a second without a sample of the lag is no lag beyond all limits', async () => {
  await busyFor(1_500, 60_000)
  expect((await app.inject('/Users')).body).toBe('answered')
})
