import type { Counts, Entry, Forecast, Outcome } from '../model.ts'
import { changeText, guardText, licencesText, marksOf, oneLine, reasonCounts, reasonOf, TITLES } from './words.ts'

const FIRST = 10

/** What a reviewer looks at: not who is left as they are. */
const OUTCOMES: Outcome[] = ['create', 'match', 'update', 'disable', 'delete', 'refuse', 'leaveOut']
const NAMED: Outcome[] = ['refuse', 'delete', 'disable', 'create', 'match', 'update']

/** A short summary for a comment on a pull request. @param names false leaves out everything about single people */
export function renderMarkdown(forecast: Forecast, { names = true } = {}): string {
  const { stack, application, job, users, groups, unknowns, jobChanges, exceeded } = forecast
  const row = (name: string, counts: Counts) => `| ${[name, ...OUTCOMES.map((one) => counts[one])].join(' | ')} |`
  const licences = licencesText(forecast)
  const reasons = reasonCounts(forecast)
  return [
    `### Forecast: ${escaped(application.displayName)} (${escaped(stack)})`,
    '',
    `The next cycle is ${job.cycle}.`,
    '',
    `| | ${OUTCOMES.map((one) => TITLES[one]).join(' | ')} |`,
    `|---|${OUTCOMES.map(() => '---:').join('|')}|`,
    row('users', users),
    row('groups', groups),
    '',
    `- Deletions: ${guardText(forecast)}`,
    ...(licences ? [`- Licences: ${licences}`] : []),
    ...(reasons.length > 0 ? [`- Left out: ${reasons.join(', ')}`] : []),
    ...exceeded.map((line) => `- **Too much:** ${escaped(line)}`),
    ...jobChanges.map((line) => `- Job: ${escaped(line)}`),
    ...(names ? NAMED.flatMap((outcome) => named(forecast, outcome)) : []),
    ...(unknowns.length > 0 && names ? ['', '<details><summary>Not known</summary>', ''] : []),
    ...(names ? unknowns.map((line) => `- ${escaped(line)}`) : []),
    ...(unknowns.length > 0 && names ? ['', '</details>'] : []),
    ...(unknowns.length > 0 && !names ? [`- Not known: see what \`entrada forecast\` says (${unknowns.length})`] : []),
    '',
  ].join('\n')
}

function named({ entries }: Forecast, outcome: Outcome): string[] {
  const found = entries.filter((entry) => entry.outcome === outcome)
  if (found.length === 0) return []
  const title = TITLES[outcome]
  const more = found.length - FIRST
  return [
    '',
    `<details><summary>${title} (${found.length})</summary>`,
    '',
    ...found.slice(0, FIRST).map((entry) => `- ${line(entry)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    '',
    '</details>',
  ]
}

function line(entry: Entry): string {
  const { kind, name, login, outcome, changes = [] } = entry
  const who = login ? `${name} (${login})` : `${kind} ${name}`
  const rest = [reasonOf(entry), ...marksOf(entry), ...(outcome === 'create' ? [] : changes.map(changeText))]
  const told = rest.filter(Boolean).join('; ')
  return escaped(told ? `${who}: ${told}` : who)
}

/** As text: no markup, no links, nobody notified by an `@`, no issue linked by a `#`. */
function escaped(text: string): string {
  return oneLine(text)
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!)
    .replace(/[\\`*_{}[\]()!|~]/g, '\\$&')
    .replace(/[@#]/g, '$&\u2060')
    .replace(/:\/\//g, ':\u2060//')
}
