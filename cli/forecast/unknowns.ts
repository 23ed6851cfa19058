import type { Rules } from '../../sync/rules.ts'

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
