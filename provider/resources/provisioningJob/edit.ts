/** What the program asks for in a schema, as pure edits: nothing else is touched. */
import { isDeepStrictEqual } from 'node:util'
import type { AdditionalMapping, ObjectKind, ProvisioningJobInputs, ScopingFilter } from './inputs.ts'
import { clauseProblems, mappingProblems } from './possible.ts'
import {
  type AttributeMapping,
  type Filter,
  findObjectMapping,
  type MappingSource,
  type ObjectMapping,
  replaceObjectMapping,
  type Schema,
} from './schema.ts'

export type SchemaInputs = Pick<ProvisioningJobInputs, 'additionalMappings' | 'scopingFilters' | 'groupMapping'>

const KINDS: ObjectKind[] = ['user', 'group']

/** Whether the schema needs to be looked at for these inputs at all. */
export function asksForSchema({ additionalMappings, scopingFilters, groupMapping }: SchemaInputs): boolean {
  return additionalMappings.length > 0 || KINDS.some((kind) => scopingFilters[kind]) || groupMapping !== undefined
}

/**
 * The schema as asked for. What `olds` asked for and `news` does not is taken back; `parsed` holds the parts of sources
 * that are expressions. Throws with all mappings that cannot be made.
 */
export function editSchema(
  schema: Schema,
  olds: SchemaInputs | undefined,
  news: SchemaInputs,
  parsed: ReadonlyMap<string, MappingSource>,
): Schema {
  let edited = schema
  const problems: string[] = []
  for (const kind of KINDS) {
    const former = olds?.additionalMappings.filter(({ object }) => object === kind) ?? []
    const wanted = news.additionalMappings.filter(({ object }) => object === kind)
    if (former.length > 0 || wanted.length > 0) {
      problems.push(...wanted.flatMap((mapping) => mappingProblems(schema, mapping, former)))
      edited = change(edited, kind, wanted.length > 0, (mapping) => withMappings(mapping, former, wanted, parsed))
    }
    const filter = news.scopingFilters[kind]
    if (filter || olds?.scopingFilters[kind]) {
      problems.push(...(filter ?? []).flat().flatMap((clause) => clauseProblems(schema, kind, clause)))
      edited = change(edited, kind, filter !== undefined, (mapping) => ({
        ...mapping,
        scope: withFilter(mapping.scope, filter),
      }))
    }
  }
  const { groupMapping } = news
  if (groupMapping !== undefined) {
    edited = change(edited, 'group', groupMapping, (mapping) => ({ ...mapping, enabled: groupMapping }))
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return isDeepStrictEqual(edited, schema) ? schema : edited
}

/** What is only taken back need not be there any more. */
function change(
  schema: Schema,
  kind: ObjectKind,
  needed: boolean,
  edit: (mapping: ObjectMapping) => ObjectMapping,
): Schema {
  return needed || findObjectMapping(schema, kind) ? replaceObjectMapping(schema, kind, edit) : schema
}

function withMappings(
  mapping: ObjectMapping,
  former: readonly AdditionalMapping[],
  wanted: readonly AdditionalMapping[],
  parsed: ReadonlyMap<string, MappingSource>,
): ObjectMapping {
  const dropped = former.filter(({ target }) => !wanted.some((other) => other.target === target))
  const kept = mapping.attributeMappings.filter(
    ({ targetAttributeName }) => !dropped.some(({ target }) => target === targetAttributeName),
  )
  const others = kept.map((item) => {
    const own = wanted.find(({ target }) => target === item.targetAttributeName)
    return own && own.source !== item.source?.expression ? { ...item, source: sourceOf(own.source, parsed) } : item
  })
  const added = wanted
    .filter(({ target }) => !kept.some(({ targetAttributeName }) => targetAttributeName === target))
    .map(({ target, source }) => newMapping(target, sourceOf(source, parsed)))
  return { ...mapping, attributeMappings: [...others, ...added] }
}

/** As the portal makes it: type Direct, match No, apply Always. */
function newMapping(targetAttributeName: string, source: MappingSource): AttributeMapping {
  return {
    targetAttributeName,
    source,
    defaultValue: null,
    matchingPriority: 0,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    exportMissingReferences: false,
  }
}

const DIRECT = /^\[([^\]]+)\]$/
const CONSTANT = /^"((?:[^"]|"")*)"$/

/** Whether only Graph's own parser can take the source apart. */
export function isExpression(source: string): boolean {
  return !DIRECT.test(source) && !CONSTANT.test(source)
}

function sourceOf(expression: string, parsed: ReadonlyMap<string, MappingSource>): MappingSource {
  const attribute = DIRECT.exec(expression)?.[1]
  if (attribute) return { expression, name: attribute, type: 'Attribute', parameters: [] }
  const constant = CONSTANT.exec(expression)?.[1]
  if (constant !== undefined) return { expression, name: constant, type: 'Constant', parameters: [] }
  const source = parsed.get(expression)
  if (!source) throw new Error(`'${expression}' was not parsed`)
  return source
}

/** Other kinds of filter groups stay; without any group left there is no filter. */
function withFilter(scope: Filter | null, filter: ScopingFilter | undefined): Filter | null {
  const groups = (filter ?? []).map((clauses, index) => ({
    name: `Filter ${index + 1}`,
    clauses: clauses.map(({ attribute, operator, value }) => ({
      sourceOperandName: attribute,
      operatorName: operator,
      targetOperand: { values: value === undefined ? [] : [value] },
    })),
  }))
  const inputFilterGroups = scope?.inputFilterGroups ?? []
  const categoryFilterGroups = scope?.categoryFilterGroups ?? []
  if (groups.length + inputFilterGroups.length + categoryFilterGroups.length === 0) return null
  const unchanged = scope && isDeepStrictEqual(filterOf(scope), filter)
  return unchanged ? scope : { groups, inputFilterGroups, categoryFilterGroups }
}

/** A filter in the program's terms; undefined when there is none. */
export function filterOf(scope: Filter | null): ScopingFilter | undefined {
  if (!scope || scope.groups.length === 0) return undefined
  return scope.groups.map(({ clauses }) =>
    clauses.map(({ sourceOperandName, operatorName, targetOperand }) => ({
      attribute: sourceOperandName,
      operator: operatorName,
      ...(targetOperand.values.length > 0 ? { value: targetOperand.values[0] } : {}),
    })),
  )
}
