import type { Literals } from '../filter/ast.ts'
import type { Profile } from './settings.ts'

/**
 * All in which the two profiles differ: what `entra` does beside the standards, and what `strict` does instead. The table in
 * the service's README is this one.
 */
export const differences = {
  booleansAsText: ['`"True"` and `"false"` are booleans', '400 `invalidValue`'],
  looseComplexValues: ['text, or an array of one, is a complex value (`"manager": "id"`)', '400 `invalidValue`'],
  emptyTextUnsets: ['`""` unsets an attribute', '`""` is stored'],
  unknownAttributesIgnored: ['an attribute that no schema declares is ignored', '400 `invalidSyntax`'],
  unknownSchemasIgnored: ['a URN in `schemas` that the service does not know is ignored', '400 `invalidSyntax`'],
  unknownPathIgnored: ['a PATCH operation on an attribute that no schema declares is ignored', '400 `invalidPath`'],
  readOnlyValuesIgnored: ['read-only attributes in a PATCH value without path are ignored', '400 `mutability`'],
  missingElementMade: ['replacing `emails[type eq "other"].value` makes the element if none matches', '400 `noTarget`'],
  removalByValue: ['`remove` with path `members` and a value removes that value', '400 `invalidValue`'],
  groupPatchAnswers204: ['PATCH of a group answers 204', '200 with the group'],
  unquotedFilterLiterals: [
    'filters may leave out quotes (`externalId eq jyoung`), and put them around booleans and numbers',
    '400 `invalidFilter`',
  ],
  cursorCountCapped: ['with a cursor, a `count` above the largest page gives the largest page', '400 `invalidCount`'],
  anyAcceptServed: ['`Accept` without a JSON type is answered in `application/scim+json`', '406'],
} satisfies Record<string, [entra: string, strict: string]>

export type Leniences = Record<keyof typeof differences, boolean>

const all = (value: boolean): Leniences =>
  Object.fromEntries(Object.keys(differences).map((name) => [name, value])) as Leniences

/** What the tenant's profile is lenient in. */
export const leniencesOf: Record<Profile, Leniences> = { entra: all(true), strict: all(false) }

/** Of filters, those in PATCH paths included. */
export const literalsOf = ({ unquotedFilterLiterals }: Leniences): Literals =>
  unquotedFilterLiterals ? 'lenient' : 'strict'
