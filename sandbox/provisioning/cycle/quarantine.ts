/** A cause for quarantine: Graph's quarantineReason and the error shown with it. */
export interface Cause {
  reason: string
  error: { code: string; message: string }
}

/** Failures before which the shares are not looked at. */
const LEAST_FAILURES = 5_000

/**
 * Whether so many failures put a job into quarantine.
 * Source: Microsoft Learn, "Application provisioning in quarantine status".
 * @param failures other than of reference attributes
 */
export function tooManyFailures(failures: number, referenceFailures: number, successes: number): string | null {
  const all = failures + referenceFailures
  if (all < LEAST_FAILURES) return null
  if (failures > 40_000) return 'EncounteredBaseEscrowThreshold'
  if (all >= 60_000) return 'EncounteredTotalEscrowThreshold'
  return failures > 0.4 * (failures + successes) && failures >= LEAST_FAILURES
    ? 'EncounteredEscrowProportionThreshold'
    : null
}
