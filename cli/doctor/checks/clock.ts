import { endpointsOf } from '../../../provider/graph/cloud.ts'
import type { GraphSettings } from '../../../provider/graph/settings.ts'
import { notChecked, ok, problem, type Result, warning } from '../finding.ts'

/** Seconds. Entra allows five minutes to who signs an assertion; the header has whole seconds, and travels. */
const NOTABLE = 30
const TOO_MUCH = 300

/** @param now milliseconds since the epoch, by this machine's clock */
export async function checkClock(
  { cloud, tenantId }: GraphSettings,
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<Result> {
  const { login } = await endpointsOf(cloud, fetch)
  const response = await fetch(`${login}/${tenantId}/v2.0/.well-known/openid-configuration`, { signal })
  await response.body?.cancel()
  const theirs = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(theirs)) return notChecked(`${login} does not say what time it is`)
  return judgeClock(Math.round((now() - theirs) / 1000))
}

/** @param ahead seconds; negative when this machine's clock is behind */
export function judgeClock(ahead: number): Result {
  const off = Math.abs(ahead)
  const seen = `this machine's clock is ${off} s ${ahead < 0 ? 'behind' : 'ahead of'} Entra's`
  const fix = 'set it by a time server, e.g. timedatectl set-ntp true'
  if (off > TOO_MUCH) return problem(`${seen}: signed assertions are refused`, fix)
  return off > NOTABLE ? warning(seen, fix) : ok(off <= 2 ? "this machine's clock is right" : seen)
}
