/** The properties of `$select`, else the default ones; names that the object does not have are left out. */
export function select(
  object: Record<string, unknown>,
  selected: string | null,
  defaults?: readonly string[],
): Record<string, unknown> {
  const names = selected ? selected.split(',').map((name) => name.trim()) : defaults
  if (!names || names.includes('*')) return object
  const shown: Record<string, unknown> = {}
  for (const name of names) if (Object.hasOwn(object, name)) shown[name] = object[name]
  return shown
}
