import { inWords } from '../stack/duration.ts'
import type { Counts } from '../start/control.ts'
import type { LastUpdate } from './lastUpdate.ts'
import type { StackStatus } from './model.ts'

const WORD = { healthy: 'healthy', attention: 'needs you', unknown: 'unknown' } as const
/** Further problems of one stack are a number. */
const MOST_PROBLEMS = 5

/** A line for each stack, what is wrong with it below, and the sum. */
export function statusText(statuses: readonly StackStatus[], now = Date.now()): string {
  const width = Math.max(5, ...statuses.map(({ stack }) => stack.length))
  const blocks = statuses.map((status) =>
    [
      `${status.stack.padEnd(width)}  ${WORD[status.health].padEnd(9)}  ${facts(status, now).join(', ')}`.trimEnd(),
      ...status.problems.slice(0, MOST_PROBLEMS).flatMap(({ what, fix }) => [`  ! ${what}`, `    ${fix}`]),
      ...(status.problems.length > MOST_PROBLEMS ? [`  ! and ${status.problems.length - MOST_PROBLEMS} more`] : []),
      ...status.unknown.map((text) => `  ? ${text.replace(/\s+/g, ' ')}`),
    ].join('\n'),
  )
  return [...blocks, '', sum(statuses)].join('\n')
}

function facts(
  { job, lastCycle, nextCycle, progress, synchronized, log, licences, lastUpdate }: StackStatus,
  now: number,
): string[] {
  if (!job) return []
  const running = progress && progress.completed < progress.total
  return [
    job.on ? '' : 'off',
    synchronized ? `${synchronized.users} users, ${synchronized.groups} groups` : 'users unknown',
    log ? activity(log.users, log.complete) : '',
    licences ? `${licences.licensed} licensed` : '',
    lastCycle ? `cycle ended ${inWords(now - Date.parse(lastCycle.ended))} ago` : 'no cycle yet',
    running ? `cycle at ${progress.completed} of ${progress.total}` : '',
    nextCycle ? next(Date.parse(nextCycle) - now) : '',
    lastUpdate ? update(lastUpdate, now) : '',
  ].filter((part) => part !== '')
}

const next = (left: number) => (left > 0 ? `next in ${inWords(left)}` : 'next is due')

function update({ kind, result, at, by }: LastUpdate, now: number): string {
  const what = result === 'succeeded' ? `last ${kind}` : `last ${kind} ${result}`
  return `${what} ${inWords(now - Date.parse(at))} ago${by ? ` by ${by}` : ''}`
}

function activity(counts: Counts, complete: boolean): string {
  const parts = Object.entries(counts).filter(([name, count]) => count > 0 && name !== 'skipped')
  const text = parts.map(([name, count]) => `${count} ${name}`).join(' ')
  return text && `lately ${complete ? '' : 'at least '}${text}`
}

function sum(statuses: readonly StackStatus[]): string {
  const count = (health: StackStatus['health']) => statuses.filter((status) => status.health === health).length
  const stacks = statuses.length === 1 ? 'stack' : 'stacks'
  return `${statuses.length} ${stacks}: ${count('healthy')} healthy, ${count('attention')} need a person, ${count('unknown')} unknown`
}
