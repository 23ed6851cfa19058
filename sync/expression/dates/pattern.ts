/** One element of a date format: a run of one of its letters, or text that stands for itself. */
export type Element = { letters: string } | { literal: string }

/** Standard formats in the invariant culture; a moment is in UTC already, so that `U` converts nothing. */
const STANDARD: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
}

/** A run of one letter, `K` and `Z` by themselves, or text that is quoted, escaped, or of a single other character. */
const ELEMENT =
  /(?<letters>d+|f+|F+|g+|h+|H+|m+|M+|s+|t+|y+|z+|K|Z)|%(?<single>[dfFghHKmMstyz])|(?<quote>['"])(?<quoted>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>|\\(?<escaped>.)|(?<other>[^\\%'"])/gsy

/**
 * Splits a .NET date format, standard (one letter) or custom, into its elements.
 * Source: Microsoft Learn, "Standard date and time format strings" and "Custom date and time format strings".
 * @throws Error for what .NET refuses
 */
export function elementsOf(format: string): Element[] {
  const custom = format.length === 1 ? STANDARD[format] : format
  if (!custom) {
    throw new Error(
      format === ''
        ? 'A date format is empty'
        : `"${format}" is not a standard date format; those are ${Object.keys(STANDARD).join(', ')}`,
    )
  }
  const elements: Element[] = []
  let end = 0
  for (const { 0: text, groups } of custom.matchAll(ELEMENT)) {
    end += text.length
    const { letters, single, quoted, escaped, other } = groups!
    const run = letters ?? single
    if (run !== undefined && /^f{8}/i.test(run)) break
    if (run !== undefined) elements.push({ letters: run })
    else elements.push({ literal: escaped ?? other ?? quoted!.replace(/\\(.)/gs, '$1') })
    if (end === custom.length) return elements
  }
  throw new Error(
    `"${format}" is not a date format: a quotation mark is not closed, a "\\" or "%" has nothing to go with, or a fraction ` +
      'has more than seven digits',
  )
}
