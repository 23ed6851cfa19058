import type { Change, Changes } from '../engine/changes.ts'
import { changesMarkdown, summary } from '../review/markdown.ts'

/** One stack's part of a report; `error` where it could not be looked at. */
export type StackDrift =
  | { stack: string; changes: Change[]; warnings: string[]; error?: undefined }
  | { stack: string; error: string }

export function driftOf(stack: string, { changes, warnings, errors }: Changes): StackDrift {
  return errors.length > 0 ? { stack, error: errors.join('\n') } : { stack, changes, warnings }
}

export type Verdict = 'unchanged' | 'drifted' | 'failed'

export function verdict(drift: StackDrift): Verdict {
  if (drift.error !== undefined) return 'failed'
  return drift.changes.length > 0 ? 'drifted' : 'unchanged'
}

/** For people: one line a stack, and below it what differs. */
export function driftText(all: readonly StackDrift[]): string {
  return all.flatMap(linesOf).join('\n')
}

function linesOf(drift: StackDrift): string[] {
  if (drift.error !== undefined)
    return [`${drift.stack}  failed`, ...drift.error.split('\n').map((line) => `    ${line}`)]
  if (drift.changes.length === 0) return [`${drift.stack}  as its last update left it`]
  const lines = drift.changes.flatMap((change) => [
    `    ${change.op === 'delete' ? 'gone' : 'changed'}: ${change.type.split(':').at(-1)} '${change.name}'`,
    ...propertyLines(change),
  ])
  return [`${drift.stack}  differs`, ...lines]
}

/** Each property with what it was and what it is, or will be. */
export function propertyLines({ properties }: Change): string[] {
  return properties.map(({ path, before, after }) => `      ${path}: ${shown(before)} → ${shown(after)}`)
}

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value))

export function driftMarkdown(all: readonly StackDrift[]): string {
  const sections = all.map((drift) => {
    if (drift.error !== undefined)
      return `### \`${drift.stack}\`: could not be read\n\n\`\`\`\n${drift.error}\n\`\`\`\n`
    if (drift.changes.length === 0) return `### \`${drift.stack}\`: no drift\n`
    return `### \`${drift.stack}\`: ${summary(drift.changes)}\n\n${changesMarkdown({ ...drift, unchanged: 0, errors: [], policies: [] })}`
  })
  return sections.join('\n')
}
