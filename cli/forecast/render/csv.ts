import type { Entry, Forecast } from '../model.ts'
import { changeText, marksOf, oneLine, reasonOf } from './words.ts'

const COLUMNS = ['kind', 'id', 'login', 'name', 'outcome', 'reason', 'marks', 'changes']

/** One line an object (RFC 4180); a cell that a spreadsheet would take for a formula is marked as text. */
export function* renderCsv({ entries }: Forecast): Generator<string> {
  yield COLUMNS.join(',')
  for (const entry of entries) yield cells(entry).map(cell).join(',')
}

function cells(entry: Entry): string[] {
  const { kind, id, login, name, outcome, changes = [] } = entry
  return [
    kind,
    id,
    login ?? '',
    name,
    outcome,
    reasonOf(entry),
    marksOf(entry).join('; '),
    changes.map(changeText).join('; '),
  ]
}

function cell(text: string): string {
  const line = oneLine(text)
  const safe = /^[=+\-@\t]/.test(line) ? `'${line}` : line
  return /[",']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
