import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { fuzz } from './testing/fuzz.ts'
import { startTestService, type TestService, tokenOf } from './testing/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startTestService()
}, 60_000)
afterAll(() => service.close())

test('thousands of hostile requests get SCIM answers, none of them 5xx or late, and the service goes on as before', async () => {
  const { tenantUrl, tokenEndpoint, clientId, clientSecret } = service.ready
  const { authorization } = await tokenOf(tokenEndpoint, clientId!, clientSecret!)
  const tenant = { tenantUrl, token: authorization.replace('Bearer ', ''), scim: service.scim }
  const { statuses } = await fuzz(tenant, { runs: 4_000, seed: 7_644, patience: 10_000 })
  for (const status of [200, 400, 401, 404]) expect(statuses.get(status)).toBeGreaterThan(20)
  expect(Object.prototype).not.toHaveProperty('admin')
  expect((await service.scim('GET', '/Users?count=1')).status).toBe(200)
}, 120_000)
