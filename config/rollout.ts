/** `stacks/rollout.yaml`: in which order stacks are updated, and what they have in common on the way. */
import { z } from 'zod'
import { count, flag, list, text } from './fields.ts'
import { object } from './object.ts'

const settings = z.record(z.string(), z.unknown(), { error: 'it must hold settings such as waitForFirstCycle: true' })

const ring = object({
  name: text('the name of a ring, e.g. canary'),
  stacks: list(text('the name of a stack, or a pattern such as eu-*'), 'names of stacks').default([]),
  labels: list(text('a label of stacks, e.g. eu'), 'labels').default([]),
  defaults: settings.default({}),
  approve: flag().default(false),
  failBudget: count(1).optional(),
  gates: object({
    maxFailures: count(0).default(0),
    forecast: object({ maxCreates: count(0), maxDisables: count(0) })
      .partial()
      .default({}),
  }).prefault({}),
}).superRefine(({ stacks, labels }, context) => {
  if (stacks.length + labels.length > 0) return
  const message = "it must name what belongs to it: stacks or labels; stacks: ['*'] takes all that are left"
  context.addIssue({ code: 'custom', path: ['stacks'], message, input: undefined })
})

/** Rings in the order of their turn; the first is the canary. */
export const rolloutSchema = object({
  rings: list(ring, 'rings, each with name and stacks').default([]),
  limits: object({ parallel: count(1).optional() }).prefault({}),
}).superRefine(({ rings }, context) => {
  rings.forEach(({ name }, index) => {
    if (rings.findIndex((other) => other.name === name) === index) return
    const path = ['rings', index, 'name']
    context.addIssue({ code: 'custom', path, message: 'another ring has that name', input: name })
  })
})

export type Rollout = z.output<typeof rolloutSchema>
export type Ring = Rollout['rings'][number]

/** The ring a stack belongs to: the first that names it, by a pattern too, or has one of its labels. */
export function ringOf({ rings }: Rollout, stack: string, labels: readonly string[]): Ring | undefined {
  return rings.find(
    (ring) => ring.stacks.some((pattern) => matches(pattern, stack)) || ring.labels.some((one) => labels.includes(one)),
  )
}

/** `*` stands for any text, `?` for one character. */
export function matches(pattern: string, stack: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${escaped}$`).test(stack)
}
