import type { Rules } from '../../sync/rules.ts'
import type { Entry } from './model.ts'

/** Functions whose value differs from one time to the next. */
const CHANGING: Readonly<Record<string, string>> = {
  Now: 'the time',
  RandomString: 'chance',
  Guid: 'chance',
}

/** What mappings make of time and chance, which a forecast cannot know. */
export function functionUnknowns({ user, group }: Rules): string[] {
  return [user, group].flatMap((rules) =>
    (rules?.mappings ?? []).flatMap(({ target, uses }) =>
      Object.entries(CHANGING).flatMap(([name, by]) =>
        uses.functions.has(name) ? [`the value of ${target.path.text}: ${name}() makes it by ${by}`] : [],
      ),
    ),
  )
}

/** Who comes first where several want one account; Entra names no order. */
export function orderUnknowns(entries: Iterable<Entry>): string[] {
  let refused = 0
  for (const { error } of entries) if (error === 'DuplicateSourceEntries') refused += 1
  if (refused === 0) return []
  return [
    `who of those that share a matching value is provisioned, and which ${refused} are refused: who comes first has it`,
  ]
}
