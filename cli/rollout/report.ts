/** A whole rollout as a document, and as text. */
import { outcomeText } from './progress.ts'
import { notesOf, OUTCOMES, type Outcome, shown, type TenantResult, unknownsOf } from './result.ts'

export interface Report {
  /** What it is of, where it is no rollout. */
  title?: string
  id: string
  /** ISO 8601. */
  began: string
  seconds: number
  commit: string
  preview: boolean
  exitCode: ExitCode
  /** Why it went no further; '' where it did. */
  stopped: string
  counts: Record<Outcome, number>
  /** In the order of the rings. */
  tenants: TenantResult[]
}

export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 3, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export function countsOf(tenants: readonly TenantResult[]): Record<Outcome, number> {
  const count = (outcome: Outcome) => tenants.filter((tenant) => tenant.outcome === outcome).length
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<Outcome, number>
}

/** An interruption counts before a gate, a gate before what failed. */
export function exitCodeOf(
  tenants: readonly Pick<TenantResult, 'outcome'>[],
  { interrupted, broken, stopped }: { interrupted: boolean; broken: boolean; stopped: string },
): ExitCode {
  const some = (outcome: Outcome) => tenants.some((tenant) => tenant.outcome === outcome)
  if (interrupted) return EXIT.interrupted
  if (broken) return EXIT.failed
  if (some('refused') || (stopped && !some('failed'))) return EXIT.stopped
  return some('failed') ? EXIT.failed : EXIT.done
}

/** A table for people, with what went wrong, and what else is to be known, below. */
export function reportText({ id, tenants, counts, stopped, seconds, preview }: Report): string {
  const width = (of: (tenant: TenantResult) => string) => Math.max(0, ...tenants.map((tenant) => of(tenant).length))
  const [rings, stacks] = [width(({ ring }) => ring), width(({ stack }) => stack)]
  const lines = tenants.flatMap((tenant) => {
    const { ring, stack, outcome, errors } = tenant
    const head = `${ring.padEnd(rings)}  ${stack.padEnd(stacks)}  ${tenant.seconds.toFixed(1).padStart(6)} s  ${outcomeText({ ...tenant, errors: [] })}`
    const below = (texts: readonly string[]) => texts.map((text) => `    ${text.replaceAll('\n', '\n    ')}`)
    const diff = preview || outcome === 'refused' ? diffLines(tenant) : []
    const notes = tenant.earlier ? [] : [...notesOf(tenant), ...(preview ? unknownsOf(tenant) : [])]
    return [head, ...below(errors), ...diff, ...below(notes)]
  })
  const sum = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${outcome}`)
  const end = stopped ? [`stopped: ${stopped}`] : []
  return ['', ...lines, '', `${sum.join(', ')} in ${Math.round(seconds)} s (rollout ${id})`, ...end].join('\n')
}

function diffLines({ changes }: TenantResult): string[] {
  return changes.flatMap(({ op, type, name, properties }) => [
    `    ${op} ${type.split(':').at(-1)} '${name}'`,
    ...properties.map(({ path, before, after }) => `      ${path}: ${shown(before)} → ${shown(after)}`),
  ])
}
