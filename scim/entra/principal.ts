import type { JWTPayload } from 'jose'

/** The app roles of the service's application in Entra ID; the first may do all that the second may, and more. */
export const roles = ['Manage', 'Read'] as const
export type Role = (typeof roles)[number]

/** Who has signed in at Entra ID: a person or a program. */
export interface Principal {
  /** Object id in the tenant. */
  id: string
  /** As people know it; the object id where Entra ID names none. */
  name: string
  roles: Role[]
}

export const mayChange = ({ roles: held }: Principal): boolean => held.includes('Manage')

/** As the audit trail names them: names change, and are not unique. */
export const audited = ({ id, name }: Pick<Principal, 'id' | 'name'>): string => (name === id ? id : `${name} (${id})`)

/** Source of the names of claims: Microsoft identity platform, access token claims and ID token claims. */
export function principalOf(claims: JWTPayload): Principal {
  const id = String(claims.oid)
  const held = Array.isArray(claims.roles) ? claims.roles : []
  const named = [claims.name, claims.preferred_username, claims.upn, claims.app_displayname].find(
    (each): each is string => typeof each === 'string' && each !== '',
  )
  const program = claims.azp ?? claims.appid
  const name = named ?? (typeof program === 'string' && claims.scp === undefined ? `application ${program}` : id)
  return { id, name: name.slice(0, 200), roles: roles.filter((role) => held.includes(role)) }
}
