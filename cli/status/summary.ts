import type { LogEvent } from '../logs/events.ts'
import type { Counts } from '../start/control.ts'
import type { Failing, LogSummary } from './model.ts'

const DONE: Readonly<Record<string, keyof Counts>> = {
  create: 'created',
  update: 'updated',
  disable: 'disabled',
  delete: 'deleted',
}

/** @param events the newest first */
export function summarize(events: readonly LogEvent[], since: number, complete: boolean): LogSummary {
  return {
    since: new Date(since).toISOString(),
    complete,
    users: countsOf(events.filter(({ source }) => source.type !== 'group')),
    groups: countsOf(events.filter(({ source }) => source.type === 'group')),
    failing: failing(events),
  }
}

function countsOf(events: readonly LogEvent[]): Counts {
  const counts: Counts = { created: 0, updated: 0, disabled: 0, deleted: 0, skipped: 0, failed: 0 }
  for (const { action, outcome } of events) {
    const done = outcome === 'success' ? DONE[action] : undefined
    if (outcome === 'failure') counts.failed += 1
    else if (done) counts[done] += 1
    else counts.skipped += 1
  }
  return counts
}

function failing(events: readonly LogEvent[]): Failing[] {
  const newest = new Map<string, LogEvent>()
  const times = new Map<string, number>()
  for (const event of events) {
    const { id } = event.source
    if (!newest.has(id)) newest.set(id, event)
    if (event.outcome === 'failure') times.set(id, (times.get(id) ?? 0) + 1)
  }
  return [...newest.values()]
    .filter(({ outcome }) => outcome === 'failure')
    .map(({ source, at, action, reason }) => ({
      ...source,
      at,
      action,
      code: reason?.code ?? '',
      reason: reason?.text ?? '',
      fix: reason?.fix ?? '',
      times: times.get(source.id)!,
    }))
}
