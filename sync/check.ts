import {
  type CompiledObject,
  clausesOf,
  compileObjects,
  DEFAULT_RULE_OPTIONS,
  type RuleOptions,
  SchemaError,
} from './rules.ts'
import type { AttributeDefinition, FilterClause, SynchronizationSchema } from './schema.ts'
import { OPERATORS } from './scope.ts'

/** Source attributes that no mapping can read (Microsoft Learn, "Customize user provisioning attribute mappings"). */
const NO_SOURCE = new Set(['samaccountname', 'usertype', 'photo'])

/** Types of which scoping filters have no operator (Microsoft Learn, "Scope the users and groups to be provisioned"). */
const NO_FILTER = new Set<AttributeDefinition['type']>(['DateTime', 'Reference'])

/**
 * Holds a schema to all that its directories say, before it is taken: beside what compiling finds, what mappings and
 * scoping filters read has to be in the source directory and fit the way it is read.
 * @throws SchemaError with all that is wrong
 */
export function checkSchema(schema: SynchronizationSchema, options: RuleOptions = DEFAULT_RULE_OPTIONS): void {
  const { objects, problems } = compileObjects(schema, options)
  const all = [...problems, ...objects.flatMap((one) => sourceProblems(schema, one))]
  if (all.length > 0) throw new SchemaError(all)
}

function sourceProblems(schema: SynchronizationSchema, { rule, mapping, rules }: CompiledObject): string[] {
  const directory = schema.directories?.find(({ name }) => name === rule.sourceDirectoryName)
  const found = directory?.objects?.find(({ name }) => name.toLowerCase() === rules.objectType)
  const where = `Object mapping "${mapping.name}"`
  if (!found) {
    return [
      `${where}: the directory "${rule.sourceDirectoryName}" with its source object ${mapping.sourceObjectName} is not among the directories of the schema`,
    ]
  }
  const definitions = new Map((found.attributes ?? []).map((one) => [one.name, one]))
  const unknown = (name: string) =>
    `${mapping.sourceObjectName} has no attribute "${name}"; it has ${[...definitions.keys()].join(', ')}`
  const read = [
    ...rules.mappings.flatMap(({ target, uses }) =>
      [...uses.attributes].map((name) => ({ target, name, why: unreadable(name, definitions.get(name)) })),
    ),
    ...rules.references.map(({ target, sourceAttribute: name }) => ({
      target,
      name,
      why: definitions.get(name)?.type === 'Reference' ? null : 'a reference can only be mapped from a reference',
    })),
  ]
  return [
    ...read.flatMap(({ target, name, why }) => {
      const problem = definitions.has(name) ? why : (unmappable(name) ?? unknown(name))
      return problem === null ? [] : [`${where}, target attribute ${target.path.text}: ${problem}`]
    }),
    ...clausesOf(mapping.scope).flatMap((clause) => {
      const definition = definitions.get(clause.sourceOperandName)
      const problem = definition ? unfilterable(definition, clause) : unknown(clause.sourceOperandName)
      return problem === null ? [] : [`${where}, scoping filter on ${clause.sourceOperandName}: ${problem}`]
    }),
  ]
}

const unmappable = (name: string): string | null =>
  NO_SOURCE.has(name.toLowerCase()) ? `${name} cannot be the source of a mapping` : null

function unreadable(name: string, definition: AttributeDefinition | undefined): string | null {
  const isExtension = /^extension_/i.test(name)
  if (isExtension && definition?.multivalued)
    return `${name} is an extension with several values, which no mapping can read`
  return unmappable(name)
}

function unfilterable({ type, multivalued }: AttributeDefinition, { operatorName }: FilterClause): string | null {
  if (multivalued) return 'it has several values, which no filter compares'
  if (NO_FILTER.has(type)) return `it is a ${type}, which no filter compares`
  const types = OPERATORS[operatorName]?.supportedAttributeTypes
  return types && !types.includes(type) ? `${operatorName} compares ${types.join(', ')}; it is a ${type}` : null
}
