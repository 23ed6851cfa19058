import type { Group, User } from '../../tenant/model.ts'
import { knownType } from '../contract/metadata.ts'
import type { ListOptions } from '../odata/list.ts'

/** Graph writes times without a fraction where there is none. */
export const seconds = (time: string): string => `${time.slice(0, 19)}Z`

/** What a user answer holds without `$select` (Graph: user resource, default properties). */
export const USER_DEFAULTS = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
] as const

/** Properties of a user that the sandbox gives no value to, before a client does. */
const USER_EXTRAS = {
  onPremisesImmutableId: null,
  onPremisesSamAccountName: null,
  onPremisesUserPrincipalName: null,
  onPremisesSyncEnabled: null,
  otherMails: [],
  employeeType: null,
  employeeHireDate: null,
  ageGroup: null,
  assignedLicenses: [],
}

export function userView({ managerId: _, other, ...user }: User): Record<string, unknown> {
  return {
    ...USER_EXTRAS,
    creationType: user.userType === 'Guest' ? 'Invitation' : null,
    externalUserState: user.userType === 'Guest' ? 'Accepted' : null,
    ...other,
    ...user,
    createdDateTime: seconds(user.createdDateTime),
    onPremisesExtensionAttributes: extensionAttributes(user),
  }
}

function extensionAttributes(user: Pick<User, 'onPremisesExtensionAttributes'>): Record<string, string | null> {
  const names = Array.from({ length: 15 }, (_, i) => `extensionAttribute${i + 1}`)
  return Object.fromEntries(names.map((name) => [name, user.onPremisesExtensionAttributes[name] ?? null]))
}

const GROUP_EXTRAS = {
  expirationDateTime: null,
  classification: null,
  isAssignableToRole: null,
  membershipRule: null,
  membershipRuleProcessingState: null,
  onPremisesSyncEnabled: null,
  onPremisesSamAccountName: null,
  resourceBehaviorOptions: [],
}

export function groupView({ memberIds: _, ownerIds: __, other, ...group }: Group): Record<string, unknown> {
  const isUnified = group.groupTypes.includes('Unified')
  return {
    ...GROUP_EXTRAS,
    renewedDateTime: seconds(group.createdDateTime),
    proxyAddresses: group.mail ? [`SMTP:${group.mail}`] : [],
    resourceProvisioningOptions: isUnified ? ['Team'] : [],
    visibility: isUnified ? 'Private' : null,
    ...other,
    ...group,
    createdDateTime: seconds(group.createdDateTime),
  }
}

/** A user of whom nothing is known. */
export const BLANK_USER: User = {
  id: '',
  userPrincipalName: '',
  displayName: '',
  givenName: null,
  surname: null,
  mail: null,
  mailNickname: null,
  jobTitle: null,
  department: null,
  companyName: null,
  employeeId: null,
  officeLocation: null,
  streetAddress: null,
  city: null,
  state: null,
  postalCode: null,
  country: null,
  usageLocation: null,
  preferredLanguage: null,
  mobilePhone: null,
  businessPhones: [],
  faxNumber: null,
  proxyAddresses: [],
  userType: 'Member',
  accountEnabled: true,
  createdDateTime: '',
  onPremisesExtensionAttributes: {},
  managerId: null,
  deletedDateTime: null,
}

const EXAMPLE_GROUP: Group = {
  id: '',
  displayName: '',
  description: null,
  mail: null,
  mailEnabled: false,
  mailNickname: '',
  securityEnabled: true,
  groupTypes: [],
  createdDateTime: '',
  memberIds: [],
  deletedDateTime: null,
}

/** A user without anything, for those who create one. */
export const emptyUser = (): User => structuredClone(BLANK_USER)
export const emptyGroup = (): Group => structuredClone(EXAMPLE_GROUP)

export const USER_LIST: ListOptions<User> = {
  type: 'microsoft.graph.user',
  context: 'users',
  properties: new Set(Object.keys(knownType('user').properties)),
  view: userView,
  // What no user has a value for need not be made for each of many thousands.
  filtered: (user) => (user.other ? userView(user) : (user as unknown as Record<string, unknown>)),
  defaults: USER_DEFAULTS,
  directoryObjects: true,
  sortable: ['displayName', 'userPrincipalName', 'createdDateTime'],
  searchable: ['displayName', 'mail', 'userPrincipalName', 'givenName', 'surname'],
}

export const GROUP_LIST: ListOptions<Group> = {
  type: 'microsoft.graph.group',
  context: 'groups',
  properties: new Set(Object.keys(knownType('group').properties)),
  view: groupView,
  directoryObjects: true,
  searchable: ['displayName', 'description', 'mail'],
}
