import { regexOf } from '../../regex/regex.ts'
import { isEmpty, textOf, type Value } from '../../values.ts'

/**
 * The five modes of Replace, told apart by which arguments are given; text is compared with its case.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", Replace.
 * @throws RegexError for a pattern that cannot be used
 */
export function replace(args: readonly Value[]): Value {
  const [source = null, oldValue = null, regexPattern = null, group = null] = args
  const [, , , , replacement = null, otherAttribute = null, template = null] = args
  if (!isEmpty(oldValue)) {
    if (isEmpty(source)) return source
    if (!isEmpty(template)) return textOf(template).replaceAll(textOf(oldValue), () => textOf(source))
    return textOf(source).replaceAll(textOf(oldValue), () => textOf(replacement))
  }
  if (isEmpty(regexPattern)) return source
  const regex = regexOf(textOf(regexPattern))
  if (replacement === null && !isEmpty(group)) {
    return isEmpty(source) ? regex.groupIn(textOf(otherAttribute), textOf(group)) : source
  }
  if (isEmpty(source)) return source
  if (!isEmpty(group)) return regex.replaceGroup(textOf(source), textOf(group), textOf(replacement))
  return regex.replace(textOf(source), textOf(replacement))
}
