/** Who is updated in which order. */
import { type Fleet, ringFor } from '../../config/fleet.ts'
import type { Ring } from '../../config/rollout.ts'

export interface PlannedRing {
  name: string
  stacks: string[]
  /** Wait for a person first. */
  approve: boolean
  gates: Ring['gates']
  /** With so many stacks failed no other one is begun. */
  failBudget: number
}

/** Stacks that no ring takes; all of them where there are no rings. */
const REST = 'rest'

export interface PlanOptions {
  /** In place of what file and defaults say. */
  failBudget?: number | undefined
  /** Only this ring. */
  ring?: string | undefined
}

/**
 * Rings in their order, those without stacks left out.
 * @param settingsOf own settings of a stack's file; `{}` for one that cannot be read, which its turn will tell
 * @throws for a ring that is not there
 */
export function planRings(
  stacks: readonly string[],
  settingsOf: (stack: string) => Record<string, unknown>,
  fleet: Fleet,
  { failBudget, ring: only }: PlanOptions = {},
): PlannedRing[] {
  const { rings } = fleet.rollout
  const names = [...new Set([...rings.map(({ name }) => name), REST])]
  if (only !== undefined && !names.includes(only)) {
    throw new Error(`there is no ring '${only}'; there are ${names.join(', ')}`)
  }
  const homes = new Map(stacks.map((stack) => [stack, ringFor(stack, settingsOf(stack), fleet)]))
  const planned = rings.map((ring, index): PlannedRing => {
    const budget = failBudget ?? ring.failBudget ?? (index === 0 ? 1 : 3)
    const { name, approve, gates } = ring
    return { name, approve, gates, failBudget: budget, stacks: stacks.filter((stack) => homes.get(stack) === ring) }
  })
  const rest: PlannedRing = {
    name: planned.some(({ name }) => name === REST) ? `${REST} (no ring)` : REST,
    approve: false,
    gates: { maxFailures: 0, forecast: {} },
    failBudget: failBudget ?? 3,
    stacks: stacks.filter((stack) => homes.get(stack) === undefined),
  }
  return [...planned, rest].filter(({ name, stacks: own }) => own.length > 0 && (only === undefined || name === only))
}

/** @throws for a ring that names a stack which is not there: a misspelt canary would be none */
export function checkRings({ rollout: { rings } }: Fleet, all: readonly string[]): void {
  for (const [index, { name, stacks }] of rings.entries()) {
    const unknown = stacks.find((stack) => !/[*?]/.test(stack) && !all.includes(stack))
    if (unknown === undefined) continue
    throw new Error(
      `stacks/rollout.yaml, rings[${index}].stacks (ring ${name}): there is no stack '${unknown}'; there are ${all.join(', ')}, and patterns such as eu-*`,
    )
  }
}

/** Why nobody is updated before all others, although there are rings; undefined where it is as it is to be. */
export function withoutCanary(
  fleet: Fleet,
  all: readonly string[],
  settingsOf: (stack: string) => Record<string, unknown>,
): string | undefined {
  const [first] = fleet.rollout.rings
  if (!first || all.some((stack) => ringFor(stack, settingsOf(stack), fleet) === first)) return undefined
  return `ring ${first.name}, the first of stacks/rollout.yaml, has no stack: nobody is updated before the others`
}
