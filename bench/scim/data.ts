import { createHash } from 'node:crypto'

/** A company of any size, the same at every call, so that all services hold the same people and groups. */

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'

const given = [
  'Adele',
  'Bjørn',
  'Chen',
  'Diego',
  'Elif',
  'Fatima',
  'Grady',
  'Henrietta',
  'Isaiah',
  'Joni',
  'Lee',
  'Megan',
]
const family = ['Vance', 'Jensen', 'Wang', 'Siciliani', 'Yılmaz', 'Haddad', 'Archie', 'Mueller', 'Langer', 'Sherman']

/** The id of the nth user or group. */
export function idOf(kind: 'User' | 'Group', n: number): string {
  const hex = createHash('md5').update(`${kind}${n}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** About 1 kB of what Entra sends for a person. */
export function userOf(n: number): Record<string, unknown> {
  const names = { givenName: given[n % given.length], familyName: `${family[n % family.length]} ${n % 997}` }
  const userName = `user${n}@contoso.example`
  return {
    schemas: [userSchema],
    externalId: `ext-${n}`,
    userName,
    active: true,
    displayName: `${names.givenName} ${names.familyName}`,
    title: `Engineer ${n % 50}`,
    name: { ...names, formatted: `${names.givenName} ${names.familyName}` },
    emails: [{ type: 'work', value: userName, primary: true }],
    phoneNumbers: [{ type: 'work', value: `+46 8 ${String(n).padStart(7, '0')}` }],
    addresses: [{ type: 'work', locality: 'Stockholm', country: 'SE', postalCode: String(10_000 + (n % 80_000)) }],
    preferredLanguage: 'sv-SE',
  }
}

/** Group n has the first `size` users. */
export const groupSizes = (users: number): number[] => [1_000, 10_000, 100_000].filter((size) => size <= users)
