import type { Environment } from './expression/functions/index.ts'
import type { CompiledMapping, ObjectRules } from './rules.ts'
import type { Write } from './scim/body.ts'
import { type TargetValue, toTarget } from './scim/target.ts'
import { isEmpty, type Source, textOf } from './values.ts'

/** A mapping that gave no usable value for one object. */
export class MappingError extends Error {
  override readonly name = 'MappingError'
}

/**
 * What the mappings give for an object. Null values do not flow; default values and create-only mappings count only
 * when the object is created.
 * Source: Microsoft Learn, "Customize user provisioning attribute mappings", understanding attribute-mapping properties.
 * @throws MappingError naming the target attribute
 */
export function writesFor(
  rules: ObjectRules,
  source: Source,
  environment: Environment,
  occasion: 'create' | 'update',
): Write[] {
  const writes: Write[] = []
  for (const mapping of rules.mappings) {
    if (occasion === 'update' && mapping.flowType === 'ObjectAddOnly') continue
    const value = mapped(mapping, source, environment, occasion)
    if (value !== null) writes.push(writeOf(mapping, value))
  }
  return writes
}

/** What disables or restores an object: only the attributes mapped from IsSoftDeleted. */
export function softDeleteWrites(rules: ObjectRules, source: Source, environment: Environment): Write[] {
  return rules.mappings.flatMap((mapping) => {
    if (!mapping.softDelete) return []
    const value = mapped(mapping, source, environment, 'update')
    return value === null ? [] : [writeOf(mapping, value)]
  })
}

/**
 * SCIM filters that find the object at the target, to be tried in this order until one gives a result; attributes
 * without a value are left out, so it is empty when the object cannot be matched.
 */
export function matchFilters(rules: ObjectRules, source: Source, environment: Environment): string[] {
  return rules.matching.flatMap((mapping) => {
    const value = mapped(mapping, source, environment, 'create')
    if (value === null || value === '' || Array.isArray(value)) return []
    const literal = typeof value === 'string' ? JSON.stringify(value) : String(value)
    return [`${mapping.target.path.text} eq ${literal}`]
  })
}

function writeOf(mapping: CompiledMapping, value: TargetValue): Write {
  const write: Write = { target: mapping.target, value }
  if (mapping.flowAlways) write.condition = 'always'
  else if (mapping.flowType === 'AttributeAddOnly') write.condition = 'ifAbsent'
  if (mapping.redacted) write.redacted = true
  return write
}

function mapped(
  mapping: CompiledMapping,
  source: Source,
  environment: Environment,
  occasion: 'create' | 'update',
): TargetValue | null {
  try {
    const value = mapping.evaluate ? mapping.evaluate(source, environment) : mapping.defaultValue
    if (mapping.ignoreEmpty && isEmpty(value)) return null
    return toTarget(mapping.target, value === null && occasion === 'create' ? mapping.defaultValue : value)
  } catch (error) {
    throw new MappingError(`The mapping to ${mapping.target.path.text} failed: ${(error as Error).message}`)
  }
}

/** Values by target attribute path, as kept with the link and shown in the log. */
export function byPath(writes: readonly Write[]): Record<string, TargetValue> {
  return Object.fromEntries(writes.map(({ target, value }) => [target.path.text, value]))
}

/** A value as the provisioning log shows it. */
export function shown(write: Write): string {
  if (write.redacted) return '[Redact]'
  const { value } = write
  return typeof value === 'object' ? JSON.stringify(value) : textOf(value)
}
