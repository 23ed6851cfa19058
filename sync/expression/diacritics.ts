/**
 * The documented table: what becomes of letters with their marks. Capitals map to capitals the same way, but for ß.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", NormalizeDiacritics.
 */
const TABLE: Readonly<Record<string, string>> = {
  a: 'ä à â ã å á ą ă ā ā́ ā̀ ā̂ ā̃ ǟ ā̈ ǡ a̱ å̄',
  ae: 'æ ǣ',
  c: 'ç č ć c̄ c̱',
  d: 'ď d̄ ḏ',
  e: 'ë è é ê ę ě ė ē ḗ ḕ ē̂ ē̃ ê̄ e̱ ë̄ e̊̄',
  g: 'ğ ḡ g̱',
  i: 'ï î ì í ı ī ī́ ī̀ ī̂ ī̃ i̱',
  l: 'ľ ł l̄ ḹ ḻ',
  n: 'ñ ń ň n̄ ṉ',
  o: 'ö ò ő õ ô ó ō ṓ ṑ ō̂ ō̃ ȫ ō̈ ǭ ȭ ȱ o̱',
  oe: 'ø ø̄ œ̄',
  r: 'ř r̄ ṟ ṝ',
  s: 'š ś ș ş s̄ s̱',
  t: 'ť ț t̄ ṯ',
  u: 'ü ù û ú ů ű ū ū́ ū̀ ū̂ ū̃ u̇̄ ǖ ṻ ṳ̄ u̱',
  y: 'ÿ ý ȳ ȳ́ ȳ̀ ȳ̃ y̱',
  z: 'ź ž ż z̄ ẕ',
}

const apart = (letter: string): string => letter.normalize('NFD')
const withoutMarks = (letter: string): string => apart(letter).replace(/\p{M}+/gu, '')

/** By letter and marks taken apart, so that it does not matter which of them a text has in one. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ...Object.entries(TABLE).flatMap(([plain, letters]) =>
    letters.split(' ').flatMap((letter): [string, string][] => [
      [apart(letter), plain],
      [apart(letter.toUpperCase()), plain.toUpperCase()],
    ]),
  ),
  [apart('İ'), 'I'],
  ['ß', 'ss'],
])

/** What becomes of a letter once its marks are gone; `ø` has none, and is none of the alphabet's all the same. */
const BASE: ReadonlyMap<string, string> = new Map(
  Array.from(PLAIN, ([letter, plain]) => [withoutMarks(letter), plain] as const),
)

/**
 * Plain Latin letters for accented ones: `Zoë` becomes `Zoe`. Letters outside the documented table stay as they are
 * (đ, þ, ŵ, й), or lose their marks.
 */
export function normalizeDiacritics(text: string, others: 'kept' | 'removed'): string {
  return text.replace(/\P{M}\p{M}*/gu, (letter) => {
    const plain = PLAIN.get(apart(letter))
    if (plain !== undefined || others === 'kept') return plain ?? letter
    const base = withoutMarks(letter)
    return BASE.get(base) ?? base.normalize('NFC')
  })
}
