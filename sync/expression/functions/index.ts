import { CHOICE } from './choice.ts'
import { DATES } from './dates.ts'
import type { FunctionDefinition } from './define.ts'
import { LISTS } from './lists.ts'
import { OTHERS } from './others.ts'
import { ROLES } from './roles.ts'
import { TEXT } from './text.ts'

export {
  DEFAULT_ENVIRONMENT,
  DEFAULT_EVALUATION,
  type Environment,
  type EvaluationOptions,
  type FunctionDefinition,
  type Parameter,
} from './define.ts'

/**
 * Every function of the mapping language, by name.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings in Microsoft Entra ID".
 */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [...CHOICE, ...TEXT, ...LISTS, ...DATES, ...ROLES, ...OTHERS]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((definition) => [definition.name, definition]),
)

/** The name of a function as it is documented, given in any case. */
export function functionNamed(name: string): string | undefined {
  return [...FUNCTIONS.keys()].find((known) => known.toLowerCase() === name.toLowerCase())
}
