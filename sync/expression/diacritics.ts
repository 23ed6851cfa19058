/** Letters whose plain form is not their decomposed base letter. */
const SPECIAL: Readonly<Record<string, string>> = {
  æ: 'ae',
  Æ: 'AE',
  ø: 'oe',
  Ø: 'OE',
  œ: 'oe',
  Œ: 'OE',
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
}

/**
 * Plain Latin letters for accented ones: `Zoë` becomes `Zoe`. Letters outside the documented table (đ, þ, ð) stay.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", NormalizeDiacritics.
 */
export function normalizeDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[æÆøØœŒßłŁı]/g, (letter) => SPECIAL[letter]!)
    .normalize('NFC')
}
