import { CORE_GROUP, ENTERPRISE_USER } from '../scim/body.ts'
import { ANCHOR, attribute, type MappingLine, object, reference } from './build.ts'

export const ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'

/** Source: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint", default user attribute mapping. */
export const GENERIC_USER: MappingLine[] = [
  ['[userPrincipalName]', 'userName', 1],
  [ACTIVE, 'active'],
  ['[displayName]', 'displayName'],
  ['[jobTitle]', 'title'],
  ['[mail]', 'emails[type eq "work"].value'],
  ['[proxyAddresses]', 'emails[type eq "other"].value'],
  ['[givenName]', 'name.givenName'],
  ['[surname]', 'name.familyName'],
  ['[streetAddress]', 'addresses[type eq "work"].streetAddress'],
  ['[postalCode]', 'addresses[type eq "work"].postalCode'],
  ['[physicalDeliveryOfficeName]', 'addresses[type eq "other"].formatted'],
  ['[telephoneNumber]', 'phoneNumbers[type eq "work"].value'],
  ['[mobile]', 'phoneNumbers[type eq "mobile"].value'],
  ['[facsimileTelephoneNumber]', 'phoneNumbers[type eq "fax"].value'],
  ['[mailNickname]', 'externalId'],
  ['[employeeId]', `${ENTERPRISE_USER}:employeeNumber`],
  ['[department]', `${ENTERPRISE_USER}:department`],
  ['[manager]', `${ENTERPRISE_USER}:manager`],
]

/** What fresh non-gallery applications have beside that, by a vendor's guide (Hyperproof, SCIM provisioning with Entra ID). */
export const BY_GUIDES: MappingLine[] = [
  ['[preferredLanguage]', 'preferredLanguage'],
  ['Join(" ", [givenName], [surname])', 'name.formatted'],
  ['[city]', 'addresses[type eq "work"].locality'],
  ['[state]', 'addresses[type eq "work"].region'],
  ['[country]', 'addresses[type eq "work"].country'],
]

/** How gallery applications map `active`, by a vendor's guide (8x8, user provisioning with Entra ID). */
export const asInGalleryGuides = ([expression, ...line]: MappingLine): MappingLine =>
  expression === ACTIVE ? ['Not([IsSoftDeleted])', ...line] : [expression, ...line]

/** Source: the same page, default group attribute mapping. */
export const GROUP: MappingLine[] = [
  ['[displayName]', 'displayName', 1],
  ['[objectId]', 'externalId'],
  ['[members]', 'members'],
]

/** Target attributes of a SCIM application beyond those that the default mapping uses. */
const FURTHER = [
  'name.formatted',
  'nickName',
  'preferredLanguage',
  'locale',
  'timezone',
  'userType',
  'addresses[type eq "work"].formatted',
  'addresses[type eq "work"].locality',
  'addresses[type eq "work"].region',
  'addresses[type eq "work"].country',
  'roles[primary eq "True"].value',
  'roles[primary eq "True"].type',
  'roles[primary eq "True"].display',
  `${ENTERPRISE_USER}:costCenter`,
  `${ENTERPRISE_USER}:organization`,
  `${ENTERPRISE_USER}:division`,
]

const SPECIAL = new Set(['userName', 'active', 'externalId', `${ENTERPRISE_USER}:manager`])

export function userObject(targets: readonly string[]) {
  const plain = targets.filter((name) => !SPECIAL.has(name))
  return object(ENTERPRISE_USER, [
    ANCHOR,
    attribute('userName', 'String', { required: true }),
    attribute('active', 'Boolean'),
    attribute('externalId', 'String', { caseExact: true }),
    ...plain.map((name) => attribute(name)),
    ...(targets.includes(`${ENTERPRISE_USER}:manager`)
      ? [reference(`${ENTERPRISE_USER}:manager`, [ENTERPRISE_USER], false)]
      : []),
  ])
}

export const GROUP_OBJECT = object(CORE_GROUP, [
  ANCHOR,
  attribute('displayName', 'String', { required: true }),
  attribute('externalId', 'String', { caseExact: true }),
  reference('members', [ENTERPRISE_USER, CORE_GROUP], true),
])

export const GENERIC_USER_OBJECT = userObject([...GENERIC_USER.map(([, target]) => target), ...FURTHER])
