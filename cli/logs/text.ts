import type { LogEvent } from './events.ts'

const SIGN = { success: ' ', failure: '!', skipped: '-', warning: '~', unknown: '?' } as const

/** One line an event; what failed has its reason and what to do below. */
export function eventText(event: LogEvent): string {
  const { at, action, outcome, source, reason } = event
  const line = `${at}  ${SIGN[outcome]} ${action.padEnd(8)} ${outcome.padEnd(8)} ${source.type.padEnd(5)}  ${source.name}`
  if (!reason) return line
  if (outcome !== 'failure' && outcome !== 'warning') return `${line}  (${reason.code})`
  return [line, `    ${reason.code}: ${oneLine(reason.text)}`, ...(reason.fix ? [`    ${reason.fix}`] : [])].join('\n')
}

/** The line, what was changed, and the steps that the service took. */
export function eventDetails(event: LogEvent): string {
  return [eventText(event), ...event.changes.map(changeText), ...event.steps.map(stepText)].join('\n')
}

export function changeText({ attribute, before, after }: LogEvent['changes'][number]): string {
  return `      ${attribute}: ${shown(before)} → ${shown(after)}`
}

export function stepText({ type, status, description }: LogEvent['steps'][number]): string {
  return `      ${type.padEnd(19)} ${status.padEnd(8)} ${oneLine(description)}`
}

const shown = (value: string | null) => (value === null || value === '' ? '(nothing)' : oneLine(value))

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
