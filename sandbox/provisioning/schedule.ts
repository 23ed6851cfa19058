import type { Job } from '../tenant/model.ts'

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text)
  if (!match) throw new Error(`"${text}" is not a duration such as PT40M`)
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/**
 * When a job's next cycle is due, milliseconds since the epoch: at once when it has not run since it was started or
 * reset, in quarantine at the next attempt, else an interval after the last cycle's end. Infinity for a stopped job.
 */
export function nextRun({ schedule, status, watermark, forceDeletes }: Job): number {
  if (schedule.state !== 'Active') return Number.POSITIVE_INFINITY
  const { quarantine, lastExecution } = status as {
    quarantine?: { nextAttempt: string } | null
    lastExecution?: { timeEnded: string } | null
  }
  if (quarantine) return Date.parse(quarantine.nextAttempt)
  if (watermark === null || forceDeletes || !lastExecution) return 0
  return Date.parse(lastExecution.timeEnded) + durationMs(schedule.interval)
}
