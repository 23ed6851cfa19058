import { type Piece, readReplacement } from './replacement.ts'
import { type Group, RegexError } from './syntax.ts'
import { translate } from './translate.ts'

/** A .NET regular expression, run by JavaScript's. */
export interface Regex {
  test(text: string): boolean
  /**
   * The text with each match replaced; the replacement can name groups and parts of the text.
   * @throws RegexError where it names a group of whose text .NET and JavaScript can think differently
   */
  replace(text: string, replacement: string): string
  /** The text with that of one group replaced in each match, literally. @throws RegexError as `replace` */
  replaceGroup(text: string, group: string, replacement: string): string
  /** The text of one group in the first match; null without a match or a group. @throws RegexError as `replace` */
  groupIn(text: string, group: string): string | null
}

/** Expressions kept; a mapping can take its pattern from an attribute. */
const KEPT = 500

/** Of a translation, in characters; one `\w` has 6,000. V8 takes seconds for more. */
const LONGEST = 1_000_000

const known = new Map<string, Regex>()

/**
 * @param extent whether a part of a text matches, as .NET has it, or only all of it
 * @throws RegexError for what .NET refuses, and for what cannot be translated
 */
export function regexOf(pattern: string, extent: 'anywhere' | 'whole' = 'anywhere'): Regex {
  const key = `${extent} ${pattern}`
  let regex = known.get(key)
  if (!regex) {
    regex = compiled(pattern, extent)
    if (known.size >= KEPT) known.clear()
    known.set(key, regex)
  }
  return regex
}

function compiled(pattern: string, extent: 'anywhere' | 'whole'): Regex {
  const translation = translate(pattern)
  const { groups } = translation.numbering
  const source = extent === 'whole' ? `^(?:${translation.source})$` : translation.source
  const expression = expressionOf(source, pattern)
  let indexed: RegExp | undefined
  const certain = (of: readonly Group[], name: string): readonly Group[] => {
    if (!of.some((one) => translation.doubtful.has(one))) return of
    throw new RegexError(
      `The regular expression "${pattern}" cannot be used here: the text of group ${name}, which is repeated and may take ` +
        'no part or take nothing in the last repetition, cannot be told',
    )
  }
  const spanOf = (match: RegExpExecArray, of: readonly Group[]): readonly [number, number] | undefined =>
    of.map(({ index }) => match.indices![index]).findLast((span) => span !== undefined)
  const all = (text: string): Iterable<RegExpExecArray> => {
    indexed ??= new RegExp(source, 'dg')
    return text.matchAll(indexed)
  }

  return {
    test: (text) => expression.test(text),

    replace(text, replacement) {
      const pieces = readReplacement(replacement, translation.numbering)
      for (const piece of pieces) if (isGroups(piece)) certain(piece, piece[0]!.name ?? String(piece[0]!.index))
      let out = ''
      let from = 0
      for (const match of all(text)) {
        out += text.slice(from, match.index)
        for (const piece of pieces) {
          if (typeof piece === 'string') out += piece
          else if (isGroups(piece)) out += text.slice(...(spanOf(match, piece) ?? [0, 0]))
          else out += piece({ match, text })
        }
        from = match.index + match[0].length
      }
      return out + text.slice(from)
    },

    replaceGroup(text, group, replacement) {
      const of = certain(groups.get(group) ?? [], group)
      let out = ''
      let from = 0
      for (const match of all(text)) {
        const span = spanOf(match, of)
        if (!span || span[0] < from) continue
        out += text.slice(from, span[0]) + replacement
        from = span[1]
      }
      return out + text.slice(from)
    },

    groupIn(text, group) {
      const of = certain(groups.get(group) ?? [], group)
      for (const match of all(text)) {
        const span = spanOf(match, of)
        return span ? text.slice(...span) : null
      }
      return null
    },
  }
}

const isGroups = (piece: Piece): piece is readonly Group[] => Array.isArray(piece)

function expressionOf(source: string, pattern: string): RegExp {
  try {
    if (source.length <= LONGEST) {
      const expression = new RegExp(source)
      // V8 compiles at the first use, for each width of text by itself.
      for (const text of ['', '\u0100']) expression.test(text)
      return expression
    }
  } catch {
    // V8 has a limit of its own.
  }
  throw new RegexError(`The regular expression "${pattern}" cannot be used here: it is too large`)
}
