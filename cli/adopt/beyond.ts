/** What an administrator has set up that no setting of a stack says, and what becomes of it. */
import { isDeepStrictEqual } from 'node:util'
import { importSchema, mappingDrift } from '../../provider/resources/provisioningJob/drift.ts'
import type { SchemaInputs } from '../../provider/resources/provisioningJob/edit.ts'
import type { AdditionalMapping, ObjectKind } from '../../provider/resources/provisioningJob/inputs.ts'
import { findObjectMapping, type ObjectMapping, type Schema } from '../../provider/resources/provisioningJob/schema.ts'

export interface Beyond {
  what: string
  outcome: string
  /** The next update changes it. */
  changes: boolean
}

export const stays = (what: string, outcome = 'stays as it is: default mappings are never rewritten'): Beyond => ({
  what,
  outcome,
  changes: false,
})
export const changes = (what: string, outcome: string): Beyond => ({ what, outcome, changes: true })

const KINDS: ObjectKind[] = ['user', 'group']
/** As stack files take them. */
const SOURCE = /^(\[[^\]]+\]|".*"|[A-Za-z]+\(.*\))$/s

/**
 * What of a job's schema a stack's file can ask for, and the rest. What is asked for is left exactly as it is when the
 * stack is updated.
 * @param operators that stack files know
 */
export function readMappings(
  schema: Schema,
  template: Schema,
  operators: ReadonlySet<string>,
): { asked: SchemaInputs; beyond: Beyond[] } {
  const all = importSchema(schema, template)
  const additionalMappings = all.additionalMappings.filter(({ source }) => SOURCE.test(source))
  const scopingFilters = Object.fromEntries(
    KINDS.filter((kind) => all.scopingFilters[kind] && isExpressible(mappingOf(schema, kind)!, operators)).map(
      (kind) => [kind, all.scopingFilters[kind]],
    ),
  )
  const asked: SchemaInputs = { additionalMappings, scopingFilters }
  return {
    asked,
    beyond: [
      ...mappingDrift(schema, template, asked).map((line) => stays(line)),
      ...additionalMappings.flatMap((mapping) => extrasOf(schema, mapping)),
      ...KINDS.flatMap((kind) => objectBeyond(kind, schema, template)),
      ...otherObjects(schema, template).map((what) => stays(what)),
      ...attributesBeyond(schema, template).map((what) => stays(what, 'stays as it is')),
    ],
  }
}

const mappingOf = (schema: Schema, kind: ObjectKind): ObjectMapping | undefined =>
  findObjectMapping(schema, kind)?.mapping

/** A clause of a stack's file has one value and a known operator. */
function isExpressible({ scope }: ObjectMapping, operators: ReadonlySet<string>): boolean {
  return (scope?.groups ?? []).every(
    ({ clauses }) =>
      clauses.length > 0 &&
      clauses.every(({ operatorName, targetOperand }) => {
        const unary = /^IS /.test(operatorName)
        return operators.has(operatorName) && targetOperand.values.length === (unary ? 0 : 1)
      }),
  )
}

/** What an added mapping has beyond its source and target. */
function extrasOf(schema: Schema, { object, target }: AdditionalMapping): Beyond[] {
  const mapping = mappingOf(schema, object)!.attributeMappings.find((one) => one.targetAttributeName === target)!
  const extras = [
    mapping.defaultValue ? `default value "${mapping.defaultValue}"` : '',
    mapping.matchingPriority > 0 ? `matching with priority ${mapping.matchingPriority}` : '',
    mapping.flowType === 'Always' ? '' : `applied ${mapping.flowType}`,
  ].filter(Boolean)
  return extras.map((extra) =>
    stays(
      `${object} ${target}: ${extra}`,
      'stays as it is; it goes with the mapping when that is taken out of the file',
    ),
  )
}

/** Of an object mapping as Graph has it, beyond what the provider looks at. */
interface Whole extends ObjectMapping {
  flowTypes?: string | null
}

function objectBeyond(kind: ObjectKind, schema: Schema, template: Schema): Beyond[] {
  const mapping = mappingOf(schema, kind) as Whole | undefined
  const standard = mappingOf(template, kind) as Whole | undefined
  if (!mapping || !standard) return []
  const actions = (flow: string | null | undefined) =>
    (flow ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
      .sort()
  const others = [...(mapping.scope?.inputFilterGroups ?? []), ...(mapping.scope?.categoryFilterGroups ?? [])]
  return [
    ...(isDeepStrictEqual(actions(mapping.flowTypes), actions(standard.flowTypes))
      ? []
      : [stays(`${kind}: target object actions are ${actions(mapping.flowTypes).join(', ') || 'none'}`)]),
    ...(others.length > 0 ? [stays(`${kind}: ${others.length} filter groups of other kinds`, 'stay as they are')] : []),
  ]
}

/** Object mappings beside those of the first rule's users and groups. */
function otherObjects(schema: Schema, template: Schema): string[] {
  const index = (from: Schema) => {
    const own = KINDS.map((kind) => mappingOf(from, kind))
    return new Map(
      from.synchronizationRules.flatMap(({ priority, objectMappings }) =>
        objectMappings
          .filter((mapping) => !own.includes(mapping))
          .map((mapping) => [`${mapping.sourceObjectName} to ${mapping.targetObjectName}, rule ${priority}`, mapping]),
      ),
    )
  }
  const [now, before] = [index(schema), index(template)]
  return [...new Set([...now.keys(), ...before.keys()])].flatMap((name) => {
    if (isDeepStrictEqual(now.get(name), before.get(name))) return []
    const how = !before.has(name) ? 'was added' : !now.has(name) ? 'was removed' : 'was changed'
    return [`object mapping ${name}: ${how}`]
  })
}

function attributesBeyond(schema: Schema, template: Schema): string[] {
  const list = (from: Schema) =>
    new Map(
      (from.directories ?? []).flatMap(({ name: directory, objects }) =>
        objects.map(({ name, attributes }) => [
          `${directory}, ${name}`,
          new Set(attributes.map((attribute) => attribute.name)),
        ]),
      ),
    )
  const before = list(template)
  return [...list(schema)].flatMap(([object, names]) => {
    const known = before.get(object)
    if (!known) return []
    const added = [...names].filter((name) => !known.has(name))
    const removed = [...known].filter((name) => !names.has(name))
    return [
      ...(added.length > 0 ? [`attributes added to ${object}: ${added.join(', ')}`] : []),
      ...(removed.length > 0 ? [`attributes removed from ${object}: ${removed.join(', ')}`] : []),
    ]
  })
}
