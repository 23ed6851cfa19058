import type { Attribute } from '../schema/model.ts'

/**
 * The form in which values that are not case-exact compare: full-width letters as plain ones, NFC, lower case
 * (RFC 7644 §5 and §7.8, after the UsernameCaseMapped profile of RFC 8265 §3.3).
 */
export function foldText(text: string): string {
  return text
    .replace(/[\uff01-\uff5e\u3000]/g, (wide) => wide.normalize('NFKC'))
    .normalize('NFC')
    .toLowerCase()
}

export const comparisonKey = (attribute: Attribute, text: string): string =>
  attribute.caseExact ? text : foldText(text)
