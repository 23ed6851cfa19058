import { emptyOf, knownType } from '../contract/metadata.ts'
import { badRequest } from '../errors.ts'

/**
 * The properties of `$select`, else the default ones, else all.
 * @param type whose properties may be named, and none but these are shown; where it is absent, all that the object has,
 *   and other names are left out
 * @throws GraphFailure 400 for a name that the type does not have
 */
export function select(
  object: Record<string, unknown>,
  selected: string | null,
  defaults?: readonly string[],
  type?: string,
): Record<string, unknown> {
  const names = selected ? selected.split(',').map((name) => name.trim()) : defaults
  const isKnown = type === undefined ? undefined : isPropertyOf(type)
  if (!names || names.includes('*')) {
    return isKnown ? Object.fromEntries(Object.entries(object).filter(([name]) => isKnown(name))) : object
  }
  const shown: Record<string, unknown> = {}
  for (const name of names) {
    if (Object.hasOwn(object, name) && (isKnown?.(name) ?? true)) shown[name] = object[name]
    else if (type !== undefined && selected) addUnset(shown, name, type)
  }
  return shown
}

function isPropertyOf(type: string): (name: string) => boolean {
  const { properties } = knownType(type)
  return (name) => Object.hasOwn(properties, name)
}

function addUnset(shown: Record<string, unknown>, name: string, type: string): void {
  const { properties, navigation } = knownType(type)
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (property) shown[name] = emptyOf(property)
  else if (!navigation.has(name)) {
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type '${type}'.`,
      'BadRequest',
    )
  }
}
