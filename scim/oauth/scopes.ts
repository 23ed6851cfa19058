/** What a client may do: `full` everything, `readOnly` nothing that changes anything. */
export const accesses = ['full', 'readOnly'] as const
export type Access = (typeof accesses)[number]

const scopeOf: Record<Access, string> = { full: 'scim', readOnly: 'scim.read' }
export const scopes = Object.values(scopeOf)

/** The scope to grant; undefined where one is asked for that is unknown, or more than the client has. RFC 6749 §3.3. */
export function grantedScope(asked: string | undefined, access: Access): string | undefined {
  const wanted = asked?.split(' ').filter(Boolean) ?? []
  if (wanted.length === 0) return scopeOf[access]
  if (!wanted.every((each) => each === scopeOf.readOnly || each === scopeOf[access])) return undefined
  return wanted.includes(scopeOf.full) ? scopeOf.full : scopeOf.readOnly
}

/** A token keeps to what its configuration has now, which may be less than when it was issued. */
export const accessOf = (scope: unknown, access: Access): Access => (scope === scopeOf.full ? access : 'readOnly')
