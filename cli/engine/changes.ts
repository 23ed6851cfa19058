/** What an engine run would change or has changed, as data, out of the engine's events. */
import type { EngineEvent, PropertyDiff, StepEventMetadata } from '@pulumi/pulumi/automation/index.js'
import { valueAt } from './propertyPath.ts'

export interface PropertyChange {
  /** Pulumi property path, e.g. `users[1]`. */
  path: string
  /** Undefined where there was, or will be, nothing; secrets are `[secret]`. */
  before?: unknown
  after?: unknown
  /** Who made it so, where that was looked for and found. */
  origin?: Origin
}

/** One change as the tenant's audit log has it. */
export interface Origin {
  /** ISO 8601. */
  at: string
  by: string
  activity: string
}

export interface Change {
  /** create, update, replace, delete, … */
  op: string
  /** Type token, e.g. `entrasync:index:ProvisioningJob`. */
  type: string
  name: string
  /** Of what is there, a Graph path; undefined for what is yet to be made. */
  id?: string
  protect: boolean
  properties: PropertyChange[]
  /** As of a property, of what is gone as a whole. */
  origin?: Origin
}

export interface PolicyFinding {
  policy: string
  /** mandatory, advisory, … */
  level: string
  resource: string
  message: string
}

/** Resource changes in the order in which the engine met them, and what was said meanwhile. */
export interface Changes {
  changes: Change[]
  unchanged: number
  warnings: string[]
  errors: string[]
  policies: PolicyFinding[]
}

/** `onEvent` takes the events of one run of any kind: preview, update, refresh. */
export function collectChanges(): { onEvent(event: EngineEvent): void; result(): Changes } {
  const steps = new Map<string, StepEventMetadata>()
  const unchanged = new Set<string>()
  const warnings = new Set<string>()
  const errors = new Set<string>()
  const policies: PolicyFinding[] = []

  return {
    onEvent({ resourcePreEvent, resOutputsEvent, diagnosticEvent, policyEvent }) {
      // A refresh knows what differs only once it has read; a step that fails has no outputs.
      for (const metadata of [resourcePreEvent?.metadata, resOutputsEvent?.metadata]) {
        if (!metadata) continue
        const isRemapped = mappingChanges(metadata).length > 0
        if (!NO_CHANGE.has(metadata.op) && !PART_OF_REPLACE.has(metadata.op)) steps.set(metadata.urn, metadata)
        else if (isRemapped) steps.set(metadata.urn, { ...metadata, op: 'update' as const } as StepEventMetadata)
        else if (metadata.op === 'same' && !metadata.type.startsWith('pulumi:')) unchanged.add(metadata.urn)
      }
      const said = diagnosticEvent && plain(diagnosticEvent.message)
      if (said && diagnosticEvent.severity === 'warning') warnings.add(said)
      if (said && diagnosticEvent.severity === 'error' && !SUMMARY.test(said)) errors.add(said)
      if (policyEvent) {
        const { policyName: policy, enforcementLevel: level, resourceUrn = '', message } = policyEvent
        policies.push({ policy, level, resource: nameOf(resourceUrn), message: plain(message) })
      }
    },
    result: () => ({
      changes: [...steps.values()].map(changeOf),
      unchanged: unchanged.size,
      warnings: [...warnings],
      errors: [...errors],
      policies,
    }),
  }
}

const MAPPINGS = 'mappingDrift'
const NO_CHANGE = new Set(['same', 'read', 'refresh'])
const PART_OF_REPLACE = new Set(['create-replacement', 'delete-replaced'])
/** The engine's closing line, which repeats that something above failed. */
const SUMMARY = /^(preview|update|refresh|destroy) failed$/

function changeOf({ op, urn, type, detailedDiff, diffs, ...states }: StepEventMetadata): Change {
  const found = Object.entries(detailedDiff ?? {})
  const paths = found.length > 0 ? found : (diffs ?? []).map((path): [string, undefined] => [path, undefined])
  return {
    op,
    type,
    name: nameOf(urn),
    ...(states.old?.id ? { id: states.old.id } : {}),
    protect: states.old?.protect ?? states.new?.protect ?? false,
    properties: [...paths.map(([path, diff]) => propertyChange(path, diff, states)), ...mappingChanges(states)],
  }
}

function propertyChange(
  path: string,
  diff: PropertyDiff | undefined,
  { old, new: next }: Pick<StepEventMetadata, 'old' | 'new'>,
): PropertyChange {
  const before = diff && !diff.inputDiff ? old?.outputs : old?.inputs
  const after = diff && !diff.inputDiff ? next?.outputs : next?.inputs
  const kind = diff?.diffKind ?? ''
  // What stands at the place of an item of a list that came or went is another one.
  return {
    path,
    before: kind.startsWith('add') ? undefined : withoutSecrets(valueAt(before, path)),
    after: kind.startsWith('delete') ? undefined : withoutSecrets(valueAt(after, path)),
  }
}

/**
 * Differences of a job from its template that a refresh found or no longer found: default mappings, which no input says,
 * so that the engine counts them as no change.
 */
function mappingChanges({ old, new: next }: Pick<StepEventMetadata, 'old' | 'new'>): PropertyChange[] {
  const lines = (outputs: Record<string, unknown> | undefined) => {
    const found = outputs?.mappingDrift
    return Array.isArray(found) ? found.map(String) : undefined
  }
  const [before, after] = [lines(old?.outputs), lines(next?.outputs)]
  if (!before || !after) return []
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => ({ path: MAPPINGS, before: line })),
    ...after.filter((line) => !before.includes(line)).map((line) => ({ path: MAPPINGS, after: line })),
  ]
}

/** The engine blanks secrets in its events and leaves their envelope; source: pulumi/pulumi sdk/go/common/resource. */
const SIGNATURE = '4dabf18193072939515e22adb298388d'

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (value === null || typeof value !== 'object') return value
  if (SIGNATURE in value) return '[secret]'
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]))
}

const nameOf = (urn: string) => urn.split('::').at(-1) ?? ''

/** Without the engine's colour commands. */
const plain = (message: string) => message.replaceAll(/<\{%.*?%\}>/g, '').trim()
