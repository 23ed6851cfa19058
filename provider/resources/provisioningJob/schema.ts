/** Graph's synchronizationSchema, as far as it is looked into; whatever else it holds is carried along untouched. */
import type { ObjectKind } from './inputs.ts'

export interface MappingSource {
  expression: string
  name: string | null
  type: 'Attribute' | 'Constant' | 'Function'
  parameters: unknown[]
}

export interface AttributeMapping {
  targetAttributeName: string
  source: MappingSource | null
  defaultValue: string | null
  matchingPriority: number
  flowBehavior: string
  flowType: string
  exportMissingReferences: boolean
}

export interface FilterGroup {
  name: string | null
  clauses: { sourceOperandName: string; operatorName: string; targetOperand: { values: string[] } }[]
}

export interface Filter {
  groups: FilterGroup[]
  inputFilterGroups: FilterGroup[]
  categoryFilterGroups: FilterGroup[]
}

export interface ObjectMapping {
  enabled: boolean
  name: string
  sourceObjectName: string
  targetObjectName: string
  scope: Filter | null
  attributeMappings: AttributeMapping[]
}

export interface Rule {
  priority: number
  sourceDirectoryName: string
  targetDirectoryName: string
  objectMappings: ObjectMapping[]
}

/** What is not told of an attribute is not held against it. */
export interface Attribute {
  name: string
  type?: string
  multivalued?: boolean
}

export interface Directory {
  name: string
  objects: { name: string; attributes: Attribute[] }[]
}

export interface Schema {
  synchronizationRules: Rule[]
  directories?: Directory[] | null
}

/** The mapping that provisions users or groups: of the rule that runs first. */
export function findObjectMapping(
  schema: Schema,
  kind: ObjectKind,
): { rule: Rule; mapping: ObjectMapping } | undefined {
  const rules = schema.synchronizationRules.toSorted((a, b) => a.priority - b.priority)
  for (const rule of rules) {
    const mapping = rule.objectMappings.find(({ sourceObjectName }) => sourceObjectName.toLowerCase() === kind)
    if (mapping) return { rule, mapping }
  }
  return undefined
}

/** `schema` with one object mapping exchanged. */
export function replaceObjectMapping(
  schema: Schema,
  kind: ObjectKind,
  edit: (mapping: ObjectMapping) => ObjectMapping,
): Schema {
  const found = findObjectMapping(schema, kind)
  if (!found) throw new Error(`The template maps no ${kind}s, so nothing about them can be set`)
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) =>
      rule === found.rule
        ? {
            ...rule,
            objectMappings: rule.objectMappings.map((other) => (other === found.mapping ? edit(other) : other)),
          }
        : rule,
    ),
  }
}

/** Attributes of one object; undefined when the schema does not list them. */
export function attributesOf(schema: Schema, directory: string, object: string): Attribute[] | undefined {
  const objects = schema.directories?.find(({ name }) => name === directory)?.objects
  const attributes = objects?.find(({ name }) => name.toLowerCase() === object.toLowerCase())?.attributes
  return attributes && attributes.length > 0 ? attributes : undefined
}
