import type { Counts, Entry, Forecast } from '../model.ts'
import { OUTCOMES } from '../model.ts'
import {
  changeText,
  guardText,
  licencesText,
  marksOf,
  oneLine,
  reasonCounts,
  reasonOf,
  SHOWN,
  TITLES,
} from './words.ts'

/** Names of each group that are shown, unless all are. */
const FIRST = 10

/** For a terminal: the summary, then who is meant. */
export function renderText(forecast: Forecast, { all = false } = {}): string {
  const { stack, application, job, entries, unknowns, jobChanges, exceeded } = forecast
  const cycle = job.cycle === 'initial' ? 'everybody is looked at' : 'who has changed is looked at'
  return [
    `${application.displayName} (${stack}): the next cycle is ${job.cycle}, ${cycle}`,
    '',
    ...table(forecast),
    '',
    `deletions  ${guardText(forecast)}`,
    ...optional('licences', licencesText(forecast)),
    ...optional('left out', reasonCounts(forecast).join(', ')),
    ...optional('target', targetOnly(forecast)),
    ...SHOWN.flatMap((outcome) => {
      const found = entries.filter(
        (entry) => entry.outcome === outcome && (all || outcome !== 'leaveOut' || isTelling(entry)),
      )
      return found.length === 0 ? [] : ['', `${TITLES[outcome]}:`, ...lines(found, all)]
    }),
    ...section('The update does to the job', jobChanges),
    ...section('Not known', unknowns),
    ...section('Too much', exceeded),
  ].join('\n')
}

/** Most of a directory is not assigned: that is counted, and not told one by one. */
const isTelling = ({ reason }: Entry): boolean => reason !== 'notAssigned'

function table({ users, groups }: Forecast): string[] {
  const row = (name: string, counts: Counts) =>
    [name.padEnd(8), ...OUTCOMES.map((outcome) => String(counts[outcome]).padStart(TITLES[outcome].length))].join('  ')
  return [
    ['', ...OUTCOMES.map((outcome) => TITLES[outcome])].map((text, i) => (i === 0 ? text.padEnd(8) : text)).join('  '),
    row('users', users),
    row('groups', groups),
  ]
}

const optional = (name: string, text: string | undefined): string[] => (text ? [`${name.padEnd(9)}  ${text}`] : [])

const targetOnly = ({ targetOnly: count }: Forecast): string =>
  count === null ? 'not read' : count > 0 ? `${count} accounts that nobody in the directory matches: left alone` : ''

const section = (title: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : ['', `${title}:`, ...items.map((item) => `  - ${oneLine(item)}`)]

function lines(entries: readonly Entry[], all: boolean): string[] {
  const shown = all ? entries : entries.slice(0, FIRST)
  const more = entries.length - shown.length
  return [...shown.map(line), ...(more > 0 ? [`  … and ${more} more (--all)`] : [])]
}

function line(entry: Entry): string {
  const { kind, name, login, outcome, changes = [] } = entry
  const who = login ? `${name} <${login}>` : `${kind} ${name}`
  // What somebody is created with follows from the directory; what is changed does not.
  const what = outcome === 'create' ? [] : changes.map(changeText)
  const rest = [reasonOf(entry), ...marksOf(entry), ...what].filter(Boolean)
  return oneLine(`  ${who}${rest.length > 0 ? `  (${rest.join('; ')})` : ''}`)
}
