/** What a job's schema says, compared with what the program asks for and with the template's own. */
import { filterOf, type SchemaInputs } from './edit.ts'
import type { AdditionalMapping, ObjectKind } from './inputs.ts'
import { type AttributeMapping, findObjectMapping, type ObjectMapping, type Schema } from './schema.ts'

const KINDS: ObjectKind[] = ['user', 'group']

/** `inputs` as they would have to read to describe the schema. */
export function readSchema(inputs: SchemaInputs, schema: Schema): SchemaInputs {
  const mappingOf = (kind: ObjectKind) => findObjectMapping(schema, kind)?.mapping
  const scopingFilters = { ...inputs.scopingFilters }
  for (const kind of KINDS) {
    if (!scopingFilters[kind]) continue
    const filter = filterOf(mappingOf(kind)?.scope ?? null)
    if (filter) scopingFilters[kind] = filter
    else delete scopingFilters[kind]
  }
  return {
    additionalMappings: inputs.additionalMappings.flatMap(({ object, source, target }) => {
      const there = mappingOf(object)?.attributeMappings.find(
        ({ targetAttributeName }) => targetAttributeName === target,
      )
      return there ? [{ object, target, source: there.source?.expression ?? source }] : []
    }),
    scopingFilters,
    groupMapping: inputs.groupMapping === undefined ? undefined : (mappingOf('group')?.enabled ?? false),
  }
}

/** What an import finds beyond the template: it becomes the program's own. */
export function importSchema(schema: Schema, template: Schema): SchemaInputs {
  const additionalMappings: AdditionalMapping[] = []
  const scopingFilters: SchemaInputs['scopingFilters'] = {}
  for (const kind of KINDS) {
    const mapping = findObjectMapping(schema, kind)?.mapping
    const standard = findObjectMapping(template, kind)?.mapping
    const known = new Set(standard?.attributeMappings.map(({ targetAttributeName }) => targetAttributeName))
    for (const { targetAttributeName: target, source } of mapping?.attributeMappings ?? []) {
      if (!known.has(target) && source) additionalMappings.push({ object: kind, source: source.expression, target })
    }
    const filter = filterOf(mapping?.scope ?? null)
    if (filter && !filterOf(standard?.scope ?? null)) scopingFilters[kind] = filter
  }
  return { additionalMappings, scopingFilters }
}

/** One line for each difference from the template that the program did not ask for. */
export function mappingDrift(schema: Schema, template: Schema, asked: SchemaInputs): string[] {
  return KINDS.flatMap((kind) => {
    const mapping = findObjectMapping(schema, kind)?.mapping
    const standard = findObjectMapping(template, kind)?.mapping
    if (!mapping || !standard)
      return mapping || standard ? [`${kind}: the object mapping was ${mapping ? 'added' : 'removed'}`] : []
    return [
      ...attributeDrift(kind, mapping, standard, asked),
      ...(kind === 'group' && asked.groupMapping !== undefined ? [] : switchDrift(kind, mapping, standard)),
      ...(asked.scopingFilters[kind] ? [] : filterDrift(kind, mapping, standard)),
    ]
  })
}

function attributeDrift(
  kind: ObjectKind,
  mapping: ObjectMapping,
  standard: ObjectMapping,
  asked: SchemaInputs,
): string[] {
  const targets = new Set(
    [...standard.attributeMappings, ...mapping.attributeMappings].map(({ targetAttributeName }) => targetAttributeName),
  )
  return [...targets].sort().flatMap((target) => {
    if (asked.additionalMappings.some((own) => own.object === kind && own.target === target)) return []
    const now = describe(mapping.attributeMappings, target)
    const before = describe(standard.attributeMappings, target)
    return now === before ? [] : [`${kind} ${target}: ${now ?? 'not mapped'}, by default ${before ?? 'not mapped'}`]
  })
}

function describe(mappings: readonly AttributeMapping[], target: string): string | undefined {
  const mapping = mappings.find(({ targetAttributeName }) => targetAttributeName === target)
  if (!mapping) return undefined
  const { source, defaultValue, matchingPriority, flowType } = mapping
  const parts = [
    source?.expression ?? `"${defaultValue ?? ''}"`,
    source && defaultValue ? `default "${defaultValue}"` : '',
    matchingPriority > 0 ? `match ${matchingPriority}` : '',
    flowType === 'Always' ? '' : flowType,
  ]
  return parts.filter(Boolean).join(', ')
}

function switchDrift(kind: ObjectKind, mapping: ObjectMapping, standard: ObjectMapping): string[] {
  if (mapping.enabled === standard.enabled) return []
  return [
    `${kind}: provisioning is ${mapping.enabled ? 'enabled' : 'disabled'}, by default ${standard.enabled ? 'enabled' : 'disabled'}`,
  ]
}

function filterDrift(kind: ObjectKind, mapping: ObjectMapping, standard: ObjectMapping): string[] {
  const now = JSON.stringify(filterOf(mapping.scope) ?? [])
  const before = JSON.stringify(filterOf(standard.scope) ?? [])
  return now === before ? [] : [`${kind}: scoping filter ${now}, by default ${before}`]
}
