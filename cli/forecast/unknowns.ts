import type { CompiledMapping } from '../../sync/mapping.ts'
import type { Rules } from '../../sync/rules.ts'
import type { Entry } from './model.ts'

/** A value that differs from one time to the next says nothing of whether its object has changed. */
export const isSteady = ({ uses }: CompiledMapping): boolean =>
  Object.keys(CHANGING).every((name) => !uses.functions.has(name))

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

/** What the target holds otherwise, and stays so until the object changes in Entra. */
export function differenceUnknowns(entries: Iterable<Entry>): string[] {
  const all = Array.from(entries).filter(({ differs }) => differs)
  if (all.length === 0) return []
  const gone = all.filter(({ differs }) => differs === 'gone').length
  const unproven = all.filter((entry) => entry.unproven).length
  const told = [
    `${all.length} differ at the target, which is not watched: written only if they change in Entra`,
    ...(gone > 0 ? [`${gone} of them are gone from it`] : []),
    ...(unproven > 0 ? [`of ${unproven} no log entry tells whether they changed since the last cycle`] : []),
  ]
  return [told.join('; ')]
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
