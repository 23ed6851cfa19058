import { isEmpty, textOf, type Value } from '../../values.ts'

const patterns = new Map<string, RegExp>()

/** A .NET pattern as a global JavaScript one; a leading `(?i)` becomes the flag, named groups are written alike. */
export function pattern(text: string): RegExp {
  let found = patterns.get(text)
  if (!found) {
    const ignoreCase = text.startsWith('(?i)')
    try {
      found = new RegExp(ignoreCase ? text.slice(4) : text, ignoreCase ? 'dgi' : 'dg')
    } catch (error) {
      throw new Error(`"${text}" is not a valid regular expression: ${(error as Error).message}`)
    }
    patterns.set(text, found)
  }
  found.lastIndex = 0
  return found
}

/** Replaces only the text of one named group in each match. */
function replaceGroup(source: string, regex: RegExp, group: string, replacement: string): string {
  let out = ''
  let from = 0
  for (const match of source.matchAll(regex)) {
    const span = match.indices?.groups?.[group]
    if (!span) continue
    out += source.slice(from, span[0]) + replacement
    from = span[1]
  }
  return out + source.slice(from)
}

/**
 * The five modes of Replace, told apart by which arguments are given; text is compared with its case.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", Replace.
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
  const regex = pattern(textOf(regexPattern))
  if (replacement === null && !isEmpty(group)) {
    if (!isEmpty(source)) return source
    return regex.exec(textOf(otherAttribute))?.groups?.[textOf(group)] ?? null
  }
  if (isEmpty(source)) return source
  if (!isEmpty(group)) return replaceGroup(textOf(source), regex, textOf(group), textOf(replacement))
  return textOf(source).replace(regex, textOf(replacement).replace(/\$\{(\w+)\}/g, '$<$1>'))
}
