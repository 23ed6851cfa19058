import type { Change, Changes, PropertyChange } from '../engine/changes.ts'

/** Longer values are cut: a comment is read, not searched. */
const LONGEST_VALUE = 80

/** What a run would change, for a comment on a pull request. */
export function changesMarkdown({ changes, unchanged, warnings, errors, policies }: Changes): string {
  const parts = [
    list('Cannot be applied', errors),
    list(
      'Policies',
      policies.map(
        ({ level, policy, resource, message }) =>
          `**${policy}** (${level}) on ${code(resource)}: ${firstLine(message)}`,
      ),
    ),
    // A preview that failed need not have come to all of them.
    changes.length > 0
      ? table(changes, unchanged)
      : errors.length > 0
        ? ''
        : `No changes; ${unchanged} resources stay as they are.`,
    list('Warnings', warnings),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function table(changes: readonly Change[], unchanged: number): string {
  const head = `${summary(changes)}, ${unchanged} unchanged\n\n| | resource | what changes |\n|---|---|---|`
  return `${head}\n${changes.map(row).join('\n')}`
}

/** `1 to create, 2 to update` */
export function summary(changes: readonly Change[]): string {
  const counts = new Map<string, number>()
  for (const { op } of changes) counts.set(op, (counts.get(op) ?? 0) + 1)
  return [...counts].map(([op, count]) => `${count} to ${op}`).join(', ')
}

function row({ op, type, name, protect, properties, origin }: Change): string {
  const whole = origin ? [`by ${code(origin.by)}, ${origin.at}`] : []
  const shown = [...whole, ...properties.map(property)].join('<br>')
  const guarded = protect && ['delete', 'replace'].includes(op) ? ' (protected)' : ''
  return `| ${op}${guarded} | ${type.split(':').at(-1)} ${code(name)} | ${shown} |`
}

function property({ origin, ...change }: PropertyChange): string {
  return `${difference(change)}${origin ? ` (by ${code(origin.by)}, ${origin.at})` : ''}`
}

function difference({ path, before, after }: PropertyChange): string {
  if (before === undefined && after === undefined) return code(path)
  if (before === undefined) return `${code(path)}: ${value(after)} added`
  if (after === undefined) return `${code(path)}: ${value(before)} removed`
  return `${code(path)}: ${value(before)} → ${value(after)}`
}

function value(of: unknown): string {
  const text = typeof of === 'string' ? of : JSON.stringify(of)
  return code(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text)
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return `**${title}**\n\n${lines.map((line) => `- ${line.replaceAll('\n', '\n  ')}`).join('\n')}`
}

const firstLine = (text: string) => text.split('\n', 1)[0]!

/** As code in a table's cell, whatever it holds: a name is somebody else's text. */
function code(text: string): string {
  const clean = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
  const fence = clean.includes('`') ? '``' : '`'
  return `${fence}${clean.includes('`') ? ` ${clean.replaceAll('``', "''")} ` : clean}${fence}`
}
