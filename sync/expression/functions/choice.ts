import { isEmpty, textOf, type Value } from '../../values.ts'
import { define, defineLazy, type FunctionDefinition } from './define.ts'

/** True for a boolean true, the text "True" in any case, and any number but 0. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = textOf(value).toLowerCase()
  return text === 'true' || (/^-?\d+(\.\d+)?$/.test(text) && Number(text) !== 0)
}

export const CHOICE: FunctionDefinition[] = [
  defineLazy(
    'Switch(source, defaultValue?, keyAndValue*)',
    (args) => {
      const key = textOf(args[0]!())
      for (let i = 2; i + 1 < args.length; i += 2) {
        if (textOf(args[i]!()) === key) return args[i + 1]!()
      }
      return args[1]?.() ?? null
    },
    (args) => {
      // An empty argument at the end, where a key would be, is one comma too many.
      const pairs = args.slice(2, args.at(-1) === null && args.length % 2 === 1 ? -1 : undefined)
      return pairs.length === 0 || pairs.length % 2 === 1
        ? 'takes a source, a default, and then keys and values in pairs'
        : null
    },
  ),

  defineLazy('IIF(condition: Boolean, valueIfTrue, valueIfFalse)', (args, environment) => {
    const condition = args[0]!()
    if (condition === null && environment.iifOnNull === 'noValue') return null
    return isTrue(condition) ? args[1]!() : args[2]!()
  }),

  defineLazy('Coalesce(source, others*)', (args) => {
    for (const arg of args) {
      const value = arg()
      if (!isEmpty(value)) return value
    }
    return null
  }),

  // Anything that is not true counts as false, so that Not("x") is true.
  define('Not(source: Boolean)', ([source]) => textOf(source!).toLowerCase() !== 'true'),
  define('CBool(expression)', ([expression]) => isTrue(expression!)),
  define('IsNull(expression)', ([expression]) => expression === null),
  define('IsNothing(expression)', ([expression]) => expression === null),
  define('IsNullOrEmpty(expression)', ([expression]) => isEmpty(expression!)),
  define('IsPresent(expression)', ([expression]) => !isEmpty(expression!)),
  define('IsString(expression)', ([expression]) => typeof expression === 'string'),

  // That the attribute is then left out of the flow is decided where the mapping is compiled.
  define('IgnoreFlowIfNullOrEmpty(expression)', ([expression]) => (isEmpty(expression!) ? null : expression!)),
]
