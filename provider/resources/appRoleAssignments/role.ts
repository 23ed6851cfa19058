import type { AppRole } from '../common/graphTypes.ts'

/** Default access; Graph takes it only from applications that declare no roles. */
const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000'
/** Gallery applications declare it for single sign-on; the portal does not offer it. */
const SIGN_ON_ROLE = 'msiam_access'

/** Id of the role to assign. @throws naming all roles that users and groups can have */
export function chooseRole(roles: readonly AppRole[], wanted: string | undefined): string {
  const usable = roles.filter(({ isEnabled, allowedMemberTypes }) => isEnabled && allowedMemberTypes.includes('User'))
  if (wanted === undefined) return defaultRole(usable)?.id ?? DEFAULT_ACCESS
  const name = wanted.toLowerCase()
  const found = usable.filter((role) =>
    [role.id, role.displayName, role.value].some((text) => text?.toLowerCase() === name),
  )
  if (found.length === 1) return found[0]!.id
  const names = usable.map((role) => `'${role.displayName}'${found.length > 1 ? ` (${role.id})` : ''}`).join(', ')
  const problem =
    found.length > 1 ? `names ${found.length} roles; give an id` : 'is no role that users and groups can have'
  throw new Error(`role: '${wanted}' ${problem}. The application has ${names || 'no roles: leave role out'}`)
}

function defaultRole(usable: readonly AppRole[]): AppRole | undefined {
  return (
    usable.find(({ displayName }) => displayName === 'User') ??
    usable.find(({ displayName }) => displayName !== SIGN_ON_ROLE) ??
    usable[0]
  )
}
