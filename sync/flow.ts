import type { Environment } from './expression/functions/index.ts'
import type { CompiledMapping } from './mapping.ts'
import type { ObjectRules } from './rules.ts'
import type { Write } from './scim/body.ts'
import { type TargetValue, toTarget } from './scim/target.ts'
import { type Complex, isEmpty, type Source, textOf } from './values.ts'

/** A mapping that gave no usable value for one object. */
export class MappingError extends Error {
  override readonly name = 'MappingError'
}

/**
 * What the mappings give for an object. Null values do not flow; default values and create-only mappings count only
 * when the object is created.
 * Source: Microsoft Learn, "Customize user provisioning attribute mappings", understanding attribute-mapping properties,
 * and Microsoft Graph, attributeMapping, flowType.
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
    if (mapping.uniqueRules || (occasion === 'update' && !flowsOnUpdate(mapping))) continue
    const value = mapped(mapping, source, environment, occasion)
    if (value !== null) writes.push(writeOf(mapping, value, source))
  }
  return writes
}

/** A single value cannot be added to, so that a mapping that only adds to several leaves it as it was created. */
const flowsOnUpdate = ({ flowType, target }: CompiledMapping): boolean =>
  flowType !== 'ObjectAddOnly' && (flowType !== 'MultiValueAddOnly' || target.multivalued)

/** Required target attributes that `writes` leave without a value. */
export function missingRequired(rules: ObjectRules, writes: readonly Write[]): string[] {
  const written = new Set(writes.map(({ target }) => target.path.text))
  return rules.mappings.flatMap(({ required, target }) =>
    required && !written.has(target.path.text) ? [target.path.text] : [],
  )
}

/** For each mapping by SelectUniqueValue, the writes to be tried in this order until the target does not have one. */
export function uniqueWrites(rules: ObjectRules, source: Source, environment: Environment): Write[][] {
  return rules.mappings.flatMap((mapping) =>
    mapping.uniqueRules
      ? [
          mapping.uniqueRules.flatMap((evaluate) => {
            const value = mapped({ ...mapping, evaluate }, source, environment, 'create')
            return value === null || value === '' ? [] : [writeOf(mapping, value, source)]
          }),
        ]
      : [],
  )
}

/** SCIM filter for the objects that hold what a write would write. */
export const filterFor = ({ target, value }: Write): string => equals(target.path.text, value)

/** What disables or restores an object: only the attributes mapped from IsSoftDeleted. */
export function softDeleteWrites(rules: ObjectRules, source: Source, environment: Environment): Write[] {
  return rules.mappings.flatMap((mapping) => {
    if (!mapping.softDelete) return []
    const value = mapped(mapping, source, environment, 'update')
    return value === null ? [] : [writeOf(mapping, value, source)]
  })
}

/**
 * What the object is looked for by at the target, to be tried in this order until one gives a result; attributes without
 * a value are left out, so it is empty when the object cannot be matched.
 */
export function matchValues(rules: ObjectRules, source: Source, environment: Environment): Write[] {
  return rules.matching.flatMap((mapping) => {
    const value = mapped(mapping, source, environment, 'create')
    return value === null || value === '' || Array.isArray(value) ? [] : [{ target: mapping.target, value }]
  })
}

const equals = (path: string, value: TargetValue): string =>
  `${path} eq ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`

function writeOf(mapping: CompiledMapping, value: TargetValue, source: Source): Write {
  const { target, flowType, roleForm } = mapping
  const write: Write = { target, value }
  if (roleForm) write.roles = { form: roleForm, assigned: source('appRoleAssignments') as readonly Complex[] }
  if (mapping.flowAlways) write.condition = 'always'
  else if (flowType === 'AttributeAddOnly') write.condition = 'ifAbsent'
  else if (flowType === 'ValueAddOnly' || flowType === 'MultiValueAddOnly') {
    write.condition = target.multivalued ? 'addValues' : 'ifAbsent'
  }
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
