import type { StackConfig } from '../../config/schema.ts'
import { quarantineAdvice } from '../../sync/advice.ts'
import { inWords } from '../stack/duration.ts'
import type { Failing, Problem, StackStatus } from './model.ts'

export interface Expected {
  status: 'on' | 'off'
  /** Of the target. */
  kind: StackConfig['target']['kind']
  /** Milliseconds between two cycles, if the schedule tells. */
  interval: number | undefined
  now: number
}

const DAY = 86_400_000
/** A secret that ends sooner than this is told. */
const SECRET_DAYS = 30
/** Cycles that may be missed: the service delays one now and then. */
const MISSED_CYCLES = 3
const LONGEST_REASON = 240

/** What a person has to see to, in the order of urgency. */
export function problemsOf(status: Omit<StackStatus, 'problems' | 'health'>, expected: Expected): Problem[] {
  const { application, job, quarantine, inError, log, licences } = status
  const up = `npm run pulumi -- up --refresh --stack ${status.stack}`
  const problems: Problem[] = updateProblems(status, up)
  if (!application) return [...problems, { what: 'there is no application yet', fix: up }]
  if (!job) return [...problems, { what: 'provisioning is not set up yet', fix: up }]
  if (quarantine) {
    const { title, todo } = quarantineAdvice(quarantine.reason, quarantine.code)
    const said = quarantine.message ? `: ${clipped(quarantine.message)}` : ''
    problems.push({ what: `in quarantine since ${quarantine.began}, ${title}${said}`, fix: todo })
  }
  if (!job.on && expected.status === 'on') {
    const fix = `${up}, or entrada:status: off if that is wanted`
    problems.push({ what: `provisioning is stopped (${job.code}), though the stack's file says on`, fix })
  }
  if (job.on && !quarantine) problems.push(...cycleProblems(status, expected))
  problems.push(...failureProblems(log?.failing ?? [], status.stack))
  if (inError && !log?.failing.length) {
    const fix = `npx entrada logs ${status.stack} --failed --since 30d`
    problems.push({ what: `${inError} objects are in error and tried again`, fix })
  }
  if (licences && licences.waiting > 0) {
    const fix = 'Get further licences at the target, or take somebody out of the assigned groups.'
    problems.push({ what: `${licences.waiting} users wait for a licence`, fix })
  }
  problems.push(...secretProblems(status, expected))
  return problems
}

function updateProblems({ lastUpdate }: Pick<StackStatus, 'lastUpdate'>, fix: string): Problem[] {
  if (lastUpdate?.result !== 'failed') return []
  const by = lastUpdate.by ? `, ${lastUpdate.by}` : ''
  return [{ what: `the last ${lastUpdate.kind} failed (${lastUpdate.at}${by})`, fix }]
}

function cycleProblems({ lastCycle }: Pick<StackStatus, 'lastCycle'>, { interval, now }: Expected): Problem[] {
  if (!lastCycle) return []
  const since = now - Date.parse(lastCycle.ended)
  if (lastCycle.state === 'Failed') {
    const what = `the last cycle failed: ${[lastCycle.code, clipped(lastCycle.message)].filter(Boolean).join(', ')}`
    return [{ what, fix: 'See in the log why; the next cycle tries again.' }]
  }
  if (interval === undefined || since <= (MISSED_CYCLES + 1) * interval) return []
  const fix = 'Look at the service health of Entra; a restart of provisioning may help.'
  return [{ what: `no cycle has ended for ${inWords(since)}`, fix }]
}

/** Objects that fail for one and the same reason are one problem. */
function failureProblems(failing: readonly Failing[], stack: string): Problem[] {
  const byCode = Map.groupBy(failing, ({ code }) => code)
  return [...byCode].map(([code, all]) => {
    const [first] = all as [Failing]
    const who = all.length === 1 ? first.name : `${first.name} and ${all.length - 1} more`
    const what = `${who} ${all.length === 1 ? 'fails' : 'fail'} (${code || 'no code'}): ${clipped(first.reason)}`
    return { what, fix: first.fix || `npx entrada logs ${stack} --failed` }
  })
}

function secretProblems(
  { stack, secretExpires }: Pick<StackStatus, 'stack' | 'secretExpires'>,
  { kind, now }: Expected,
): Problem[] {
  if (secretExpires === null) return []
  const left = Date.parse(secretExpires) - now
  if (left > SECRET_DAYS * DAY) return []
  const what = left < 0 ? `the client secret ended ${inWords(left)} ago` : `the client secret ends in ${inWords(left)}`
  const bundled = 'Give entrada:rotation another value, and update the stack.'
  return [{ what, fix: kind === 'external' ? `npx entrada rotate ${stack} --expires <day>` : bundled }]
}

function clipped(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line
}
