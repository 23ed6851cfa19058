import { fuzz } from '../../scim/testing/fuzz.ts'
import { startTestService, tokenOf } from '../../scim/testing/service.ts'

const requests = 1_000_000
const chunk = 10_000

/** A million hostile requests to the SCIM service; ends at the first that has no good answer within a second. */
export async function scimFuzz(): Promise<string[]> {
  const service = await startTestService()
  const { tenantUrl, tokenEndpoint, clientId, clientSecret } = service.ready
  const statuses = new Map<number, number>()
  let slowest = 0
  const began = performance.now()
  for (let seed = 0; seed * chunk < requests; seed++) {
    const { authorization } = await tokenOf(tokenEndpoint, clientId!, clientSecret!)
    const tenant = { tenantUrl, token: authorization.replace('Bearer ', ''), scim: service.scim }
    const result = await fuzz(tenant, { runs: chunk, seed, patience: 1_000 })
    slowest = Math.max(slowest, result.slowest)
    for (const [status, count] of result.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count)
    if (seed % 10 === 9) console.error(`  ${((seed + 1) * chunk).toLocaleString('en')} requests`)
  }
  const minutes = (performance.now() - began) / 60_000
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20)
  await service.close()
  const counts = [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count.toLocaleString('en')}`)
  return [
    `${requests.toLocaleString('en')} requests in ${minutes.toFixed(0)} min, none without a SCIM answer, none 5xx; slowest ${slowest.toFixed(0)} ms`,
    `by status: ${counts.join(', ')}; memory of client and service ${memory} MiB`,
  ]
}
