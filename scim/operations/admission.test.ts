import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type FastifyInstance, fastify } from 'fastify'
import { admission } from './admission.ts'
import type { Metrics } from './metrics.ts'

let app: FastifyInstance
const refused: string[] = []
beforeAll(async () => {
  app = fastify()
  const metrics = { inFlight() {}, refused: (reason: string) => refused.push(reason) }
  await admission(app, { maxInFlight: 10, maxEventLoopDelay: 10 }, metrics as unknown as Metrics)
  for (const url of ['/Users', '/healthz']) app.get(url, async () => 'answered')
  await app.ready()
})
afterAll(() => app.close())

test('what arrives while the service lags is refused with 503 and when to come again, probes but for', async () => {
  // The lag is taken once a second: that timer is overdue by the end of this, and comes before a new one.
  for (const end = Date.now() + 1_500; Date.now() < end; );
  await new Promise((resolve) => setTimeout(resolve, 1))
  const answer = await app.inject('/Users')
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(refused).toEqual(['overload'])
  expect((await app.inject('/healthz')).body).toBe('answered')
})
