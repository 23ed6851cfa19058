/** What a rollout did to each tenant; journal and reports are made of these. */
import type { Change, PolicyFinding } from '../engine/changes.ts'

export type Outcome =
  | 'updated'
  /** Nothing was to be changed. */
  | 'unchanged'
  /** Only looked at. */
  | 'previewed'
  | 'failed'
  /** A gate said no: what was found is not for the next ring. */
  | 'refused'
  | 'interrupted'
  /** Its turn did not come. */
  | 'notStarted'

export const OUTCOMES: readonly Outcome[] = [
  'updated',
  'unchanged',
  'previewed',
  'failed',
  'refused',
  'interrupted',
  'notStarted',
]

/** In their order; a result tells the last one that was begun. */
export type Step = 'read' | 'create' | 'preview' | 'forecast' | 'update' | 'gate'

/** Users and groups that the next cycle would touch. */
export interface ForecastSummary {
  creates: number
  /** Found at the target, and managed from then on. */
  matches: number
  updates: number
  /** Disabled or deleted. */
  disables: number
  /** Tried and refused. */
  refusals: number
  /** Limits that are exceeded, or cannot be judged, one line each. */
  exceeded: string[]
  /** What could not be known, one sentence each. */
  unknowns: string[]
}

export interface TenantResult {
  stack: string
  ring: string
  outcome: Outcome
  step: Step
  /** The stack was made in the backend. */
  created: boolean
  changes: Change[]
  unchanged: number
  policies: PolicyFinding[]
  warnings: string[]
  /** Why it failed or was refused, and what to do. */
  errors: string[]
  forecast: ForecastSummary | null
  /** What the gate saw, in words; '' where none was asked. */
  health: string
  /** ISO 8601; '' where nothing began. */
  began: string
  seconds: number
  /** Done in an earlier run of the same rollout. */
  earlier: boolean
}

export const isDone = ({ outcome }: Pick<TenantResult, 'outcome'>): boolean =>
  outcome === 'updated' || outcome === 'unchanged'

export function blankResult(stack: string, ring: string): TenantResult {
  return {
    stack,
    ring,
    outcome: 'notStarted',
    step: 'read',
    created: false,
    changes: [],
    unchanged: 0,
    policies: [],
    warnings: [],
    errors: [],
    forecast: null,
    health: '',
    began: '',
    seconds: 0,
    earlier: false,
  }
}

/** `2 to create, 1 to update`; '' without changes. */
export function inShort(changes: readonly Change[]): string {
  const counts = new Map<string, number>()
  for (const { op } of changes) counts.set(op, (counts.get(op) ?? 0) + 1)
  return [...counts].map(([op, count]) => `${count} ${op}`).join(', ')
}

/** `5 created, 1 disabled`; '' without a forecast. */
export function forecastInShort(forecast: ForecastSummary | null): string {
  if (!forecast) return ''
  const { creates, matches, updates, disables, refusals } = forecast
  const counts = Object.entries({
    created: creates,
    matched: matches,
    changed: updates,
    disabled: disables,
    refused: refusals,
  })
  const said = counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`)
  return said.join(', ') || 'nobody is touched'
}

/** What is to be known of a tenant beside its outcome, a text each: warnings, and policies that advise. */
export function notesOf({ warnings, policies }: TenantResult): string[] {
  const advice = policies.filter(({ level }) => level !== 'mandatory')
  return [
    ...warnings.map((text) => `warning: ${text}`),
    ...advice.map(({ policy, level, resource, message }) => `policy ${policy} (${level}, ${resource}): ${message}`),
  ]
}

export const unknownsOf = ({ forecast }: TenantResult): string[] =>
  (forecast?.unknowns ?? []).map((text) => `not known: ${text}`)

export const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
