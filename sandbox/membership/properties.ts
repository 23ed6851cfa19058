import type { User } from '../tenant/model.ts'

/** `device`: rules about devices are valid and find no user, whatever they compare. */
export type PropertyType = 'text' | 'boolean' | 'time' | 'texts' | 'plans' | 'device'

/** What a rule reads of a user or, in `-any` and `-all`, of one item of a collection. */
export interface Property {
  type: PropertyType
  read(subject: unknown): unknown
}

type OfUser = (user: User) => unknown

const own = (name: keyof User): OfUser => {
  return (user) => user[name]
}
const other = (name: string): OfUser => {
  return (user) => user.other?.[name]
}
const property = (type: PropertyType, read: OfUser): Property => ({ type, read: read as Property['read'] })
const all = (type: PropertyType, properties: Record<string, OfUser>): [string, Property][] =>
  Object.entries(properties).map(([name, read]) => [name.toLowerCase(), property(type, read)])

const NAMED_AS_IN_GRAPH =
  `city companyName country department displayName employeeId givenName jobTitle mail mailNickname
  postalCode preferredLanguage state streetAddress surname usageLocation userPrincipalName userType`.split(/\s+/)

/** Properties of `user.` by their name in lower case (Microsoft Learn, "Manage rules for dynamic membership groups"). */
const PROPERTIES = new Map<string, Property>([
  ...all('text', Object.fromEntries(NAMED_AS_IN_GRAPH.map((name) => [name, own(name as keyof User)]))),
  ...all('text', {
    facsimileTelephoneNumber: own('faxNumber'),
    mobile: own('mobilePhone'),
    objectId: own('id'),
    onPremisesDistinguishedName: other('onPremisesDistinguishedName'),
    onPremisesSecurityIdentifier: other('onPremisesSecurityIdentifier'),
    passwordPolicies: other('passwordPolicies'),
    physicalDeliveryOfficeName: own('officeLocation'),
    sipProxyAddress: (user) => (user.other?.imAddresses as string[] | undefined)?.[0],
    telephoneNumber: (user) => user.businessPhones[0],
  }),
  ...all('boolean', { accountEnabled: own('accountEnabled'), dirSyncEnabled: other('onPremisesSyncEnabled') }),
  ...all('time', { employeeHireDate: other('employeeHireDate') }),
  ...all('texts', { otherMails: other('otherMails'), proxyAddresses: own('proxyAddresses') }),
  ...all('plans', { assignedPlans: other('assignedPlans') }),
])

/** `name` without `user.`; undefined where rules know none of that name. */
export function propertyOfUser(name: string): Property | undefined {
  const number = Number(/^extensionattribute(\d+)$/i.exec(name)?.[1])
  if (number >= 1 && number <= 15) {
    return property('text', (user) => user.onPremisesExtensionAttributes[`extensionAttribute${number}`])
  }
  if (/^extension_[0-9a-f]{32}_\w+$/i.test(name)) return property('text', other(name))
  return PROPERTIES.get(name.toLowerCase())
}

const OF_PLAN = new Map(
  ['assignedDateTime', 'capabilityStatus', 'service', 'servicePlanId'].map((name) => [name.toLowerCase(), name]),
)

/** What the items of a collection are called in `-any` and `-all`: `_`, or `assignedPlan.service`. */
export function propertyOfItem(collection: PropertyType, name: string): Property | undefined {
  if (collection === 'texts') return name === '_' ? { type: 'text', read: (item) => item } : undefined
  const [, path] = /^assignedPlan\.(\w+)$/i.exec(name) ?? []
  const key = path && OF_PLAN.get(path.toLowerCase())
  return key ? { type: 'text', read: (plan) => (plan as Record<string, unknown>)[key] } : undefined
}
