import { NOT_COMPARED } from '../../provider/resources/provisioningJob/read.ts'
import { NOT_READ } from '../../provider/resources/scimConfiguration/outage.ts'
import type { Change, Changes, Origin } from '../engine/changes.ts'
import { changesMarkdown, summary } from '../review/markdown.ts'
import type { Told } from './origins.ts'

/** One stack's part of a report; `error` where it could not be looked at. */
export type StackDrift =
  | {
      stack: string
      changes: Change[]
      unchanged: number
      warnings: string[]
      /** Why it is not known who changed what; null where it was looked for. */
      unknown: string | null
      error?: undefined
    }
  | { stack: string; error: string }

/** @param origins adds who changed what, where it can be found out */
export async function driftOf(
  stack: string,
  { changes, unchanged, warnings, errors }: Changes,
  origins: (changes: Change[]) => Promise<Told>,
): Promise<StackDrift> {
  if (errors.length > 0) return { stack, error: errors.join('\n') }
  const told = changes.length > 0 ? await origins(changes) : { changes, unknown: null }
  return { stack, unchanged, warnings, ...told }
}

const said = (beginning: string, { warnings }: { warnings: readonly string[] }) =>
  warnings.flatMap((warning) => (warning.startsWith(beginning) ? [warning.slice(beginning.length)] : []))

/** What a resource said that could not be read, and so has no differences. */
const unread = (drift: { warnings: readonly string[] }) => said(NOT_READ, drift)

/** The same of properties that the caller may not read, this time or any other. */
const uncompared = (drift: { warnings: readonly string[] }) => said(NOT_COMPARED, drift)

export type Verdict = 'unchanged' | 'drifted' | 'failed'

export function verdict(drift: StackDrift): Verdict {
  if (drift.error !== undefined || unread(drift).length > 0) return 'failed'
  return drift.changes.length > 0 ? 'drifted' : 'unchanged'
}

/** For people: one line a stack, and below it what differs. */
export function driftText(all: readonly StackDrift[]): string {
  return all.flatMap(linesOf).join('\n')
}

function linesOf(drift: StackDrift): string[] {
  if (drift.error !== undefined)
    return [`${drift.stack}  failed`, ...drift.error.split('\n').map((line) => `    ${line}`)]
  const missed = unread(drift).map((line) => `    not looked at: ${line}`)
  const left = uncompared(drift).map((line) => `    not compared: ${line}`)
  if (drift.changes.length === 0) {
    const how = missed.length > 0 ? 'could not be looked at in full' : 'as its last update left it'
    return [`${drift.stack}  ${how}`, ...missed, ...left]
  }
  const lines = drift.changes.flatMap((change) => [
    `    ${change.op === 'delete' ? 'gone' : 'changed'}: ${change.type.split(':').at(-1)} '${change.name}'`,
    ...originLines(change.origin),
    ...propertyLines(change),
  ])
  const who = drift.unknown ? [`    who: not known (${drift.unknown})`] : []
  return [`${drift.stack}  differs`, ...lines, ...missed, ...left, ...who]
}

/** Each property with what it was and what it is, or will be. */
export function propertyLines({ properties }: Change): string[] {
  return properties.flatMap(({ path, before, after, origin }) => [
    `      ${path}${before === undefined && after === undefined ? '' : `: ${shown(before)} → ${shown(after)}`}`,
    ...originLines(origin),
  ])
}

const originLines = (origin: Origin | undefined) => (origin ? [`        by ${origin.by}, ${origin.at}`] : [])

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value))

export function driftMarkdown(all: readonly StackDrift[]): string {
  const sections = all.map((drift) => {
    if (drift.error !== undefined)
      return `### \`${drift.stack}\`: could not be read\n\n\`\`\`\n${drift.error}\n\`\`\`\n`
    const missed = unread(drift)
    if (drift.changes.length === 0) {
      const left = uncompared(drift)
        .map((line) => `\nNot compared: ${line}.\n`)
        .join('')
      return missed.length > 0
        ? `### \`${drift.stack}\`: could not be read in full\n\n\`\`\`\n${missed.join('\n')}\n\`\`\`\n${left}`
        : `### \`${drift.stack}\`: no drift\n${left}`
    }
    const { changes, warnings, unknown } = drift
    const who = unknown ? `\nWho changed it is not known: ${unknown}.\n` : ''
    return `### \`${drift.stack}\`: ${summary(changes)}\n\n${changesMarkdown({ changes, warnings, unchanged: 0, errors: [], policies: [] })}${who}`
  })
  return sections.join('\n')
}
