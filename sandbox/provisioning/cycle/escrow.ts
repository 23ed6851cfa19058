import type { Escrow, Job } from '../../tenant/model.ts'
import type { Switches } from '../switches.ts'

/** Days after which an entry that still fails is given up. */
const GIVEN_UP_DAYS = 28

const DAY_MS = 86_400_000

/** What failed, and with what. */
export interface Failure {
  objectId: string
  objectType: 'user' | 'group'
  errorCode: string
  message: string
}

/**
 * The escrow of an object that failed, once more or for the first time; null when it is given up. Its retries lie at
 * growing distances from the first failure, then a day apart.
 * Source: Microsoft Learn, "Application provisioning in quarantine status", retries.
 */
export function escrowOf(
  jobId: string,
  before: Escrow | undefined,
  failure: Failure,
  now: number,
  { escrowRetrySeconds }: Pick<Switches, 'escrowRetrySeconds'>,
): Escrow | null {
  const firstFailed = before ? Date.parse(before.firstFailed) : now
  if (now - firstFailed >= GIVEN_UP_DAYS * DAY_MS) return null
  const attempts = (before?.attempts ?? 0) + 1
  const offsetMs = (retry: number): number => {
    const beyond = Math.max(0, retry - escrowRetrySeconds.length)
    return escrowRetrySeconds[retry - beyond - 1]! * 1000 + beyond * DAY_MS
  }
  let retry = attempts
  while (firstFailed + offsetMs(retry) < now) retry += 1
  return {
    jobId,
    ...failure,
    attempts,
    firstFailed: new Date(firstFailed).toISOString(),
    nextAttempt: new Date(firstFailed + offsetMs(retry)).toISOString(),
  }
}

/** Whether a cycle tries an escrow again; one of a job in quarantine tries them all. */
export function isDue(escrow: Escrow, job: Job, now: number): boolean {
  return Boolean(job.status.quarantine) || Date.parse(escrow.nextAttempt) <= now
}
