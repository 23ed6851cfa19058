const DAY = 86_400_000
/** Time enough for somebody to see the warning and to run an update. */
const SOON_DAYS = 30

/**
 * Said at every update while a secret is about to end and nothing will replace it; undefined where there is nothing to say.
 * @param expiresAt ISO 8601; undefined where the target does not tell
 * @param rotation as the stack's file has it: a text waits for somebody to change it
 */
export function expiryWarning(
  expiresAt: string | null | undefined,
  rotation: string | { every: string } | undefined,
  now: number,
): string | undefined {
  const left = Math.floor((Date.parse(expiresAt ?? '') - now) / DAY)
  if (typeof rotation === 'object' || !(left < SOON_DAYS)) return undefined
  const ends = left < 0 ? `ended on ${day(expiresAt!)}` : `ends on ${day(expiresAt!)}, in ${left} days`
  return `the client secret at the SCIM service ${ends}, and provisioning with it: set entrada:rotation: { every: 90d }, or run npx entrada rotate`
}

const day = (time: string) => time.slice(0, 10)
