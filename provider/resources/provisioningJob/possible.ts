/** What of the wishes for a schema its directories do not allow, told before anything is written. */
import { nearest } from '../common/near.ts'
import type { AdditionalMapping, Clause, ObjectKind } from './inputs.ts'
import { type Attribute, attributesOf, findObjectMapping, type Schema } from './schema.ts'

export function mappingProblems(
  schema: Schema,
  wanted: AdditionalMapping,
  former: readonly AdditionalMapping[],
): string[] {
  const found = findObjectMapping(schema, wanted.object)
  if (!found) return [`additionalMappings: the template maps no ${wanted.object}s`]
  const { rule, mapping } = found
  const taken = mapping.attributeMappings.find(({ targetAttributeName }) => targetAttributeName === wanted.target)
  const ours = former.some(({ target }) => target === wanted.target)
  if (taken && !ours && taken.source?.expression !== wanted.source) {
    const from = taken.source?.expression ?? `the constant "${taken.defaultValue ?? ''}"`
    return [
      `additionalMappings: ${wanted.target} is already mapped from ${from}; default mappings are not rewritten, so choose another target`,
    ]
  }
  const targets = attributesOf(schema, rule.targetDirectoryName, mapping.targetObjectName)
  const sources = attributesOf(schema, rule.sourceDirectoryName, mapping.sourceObjectName)
  return [
    ...unknownAttribute(targets, wanted.target, 'additionalMappings: the target'),
    ...attributesIn(wanted.source).flatMap((name) => unknownAttribute(sources, name, 'additionalMappings: the source')),
  ]
}

const TEXT = ['String']
const NUMBER_OR_TEXT = ['Integer', 'String']
const BOOLEAN = ['Boolean']
const ANY = ['Integer', 'String', 'Binary', 'Boolean']

/** Source: Microsoft Graph, synchronizationSchema: filterOperators, and the page on scoping filters. */
const COMPARES: Readonly<Record<string, readonly string[]>> = {
  EQUALS: NUMBER_OR_TEXT,
  'NOT EQUALS': NUMBER_OR_TEXT,
  'REGEX MATCH': NUMBER_OR_TEXT,
  'NOT REGEX MATCH': NUMBER_OR_TEXT,
  Greater_Than: ['Integer'],
  Greater_Than_OR_EQUALS: ['Integer'],
  Includes: TEXT,
  ENDS_WITH: TEXT,
  'IS TRUE': BOOLEAN,
  'IS FALSE': BOOLEAN,
  'IS NULL': ANY,
  'IS NOT NULL': ANY,
}

/** A filter that names what no user has takes everybody out of scope. */
export function clauseProblems(schema: Schema, kind: ObjectKind, { attribute, operator }: Clause): string[] {
  const found = findObjectMapping(schema, kind)
  if (!found) return []
  const where = `scopingFilters.${kind}:`
  const attributes = attributesOf(schema, found.rule.sourceDirectoryName, found.mapping.sourceObjectName)
  const definition = attributes?.find(({ name }) => name === attribute)
  if (!definition) return unknownAttribute(attributes, attribute, `${where} the source`)
  const { type, multivalued } = definition
  if (multivalued) return [`${where} '${attribute}' has several values, which no filter compares`]
  const types = COMPARES[operator]
  if (type === undefined || !types || types.includes(type)) return []
  const fit = Object.keys(COMPARES).filter((name) => COMPARES[name]!.includes(type))
  const instead = fit.length > 0 ? `use ${fit.join(', ')}` : 'no filter can compare it'
  return [`${where} '${attribute}' is of the type ${type}, which ${operator} does not compare: ${instead}`]
}

/** Attributes that a source names; what stands in its texts is none. */
const attributesIn = (source: string): string[] =>
  Array.from(source.replaceAll(/"(?:[^"\\]|\\.|"")*"/g, '').matchAll(/\[([^\]]+)\]/g), ([, name]) => name!)

function unknownAttribute(attributes: readonly Attribute[] | undefined, wanted: string, where: string): string[] {
  const names = attributes?.map(({ name }) => name)
  if (!names || names.includes(wanted)) return []
  const near = nearest(wanted, names)
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${names.join(', ')}`
  return [`${where} has no attribute '${wanted}': ${hint}`]
}
