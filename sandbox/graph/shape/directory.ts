import type { Group, User } from '../../tenant/model.ts'
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

export function userView({ managerId: _, ...user }: User): Record<string, unknown> {
  return {
    ...user,
    createdDateTime: seconds(user.createdDateTime),
    onPremisesExtensionAttributes: extensionAttributes(user),
    onPremisesImmutableId: null,
    onPremisesSamAccountName: null,
    onPremisesUserPrincipalName: null,
    onPremisesSyncEnabled: null,
    otherMails: [],
    creationType: user.userType === 'Guest' ? 'Invitation' : null,
    externalUserState: user.userType === 'Guest' ? 'Accepted' : null,
    employeeType: null,
    employeeHireDate: null,
    ageGroup: null,
    assignedLicenses: [],
  }
}

function extensionAttributes(user: Pick<User, 'onPremisesExtensionAttributes'>): Record<string, string | null> {
  const names = Array.from({ length: 15 }, (_, i) => `extensionAttribute${i + 1}`)
  return Object.fromEntries(names.map((name) => [name, user.onPremisesExtensionAttributes[name] ?? null]))
}

export function groupView({ memberIds: _, ...group }: Group): Record<string, unknown> {
  return {
    ...group,
    createdDateTime: seconds(group.createdDateTime),
    renewedDateTime: seconds(group.createdDateTime),
    expirationDateTime: null,
    classification: null,
    isAssignableToRole: null,
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesSyncEnabled: null,
    onPremisesSamAccountName: null,
    proxyAddresses: group.mail ? [`SMTP:${group.mail}`] : [],
    resourceBehaviorOptions: [],
    resourceProvisioningOptions: group.groupTypes.includes('Unified') ? ['Team'] : [],
    visibility: group.groupTypes.includes('Unified') ? 'Private' : null,
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
  properties: new Set(Object.keys(userView(BLANK_USER))),
  view: userView,
  filtered: (user) => user as unknown as Record<string, unknown>,
  defaults: USER_DEFAULTS,
  directoryObjects: true,
  searchable: ['displayName', 'mail', 'userPrincipalName', 'givenName', 'surname'],
}

export const GROUP_LIST: ListOptions<Group> = {
  type: 'microsoft.graph.group',
  context: 'groups',
  properties: new Set(Object.keys(groupView(EXAMPLE_GROUP))),
  view: groupView,
  directoryObjects: true,
  searchable: ['displayName', 'description', 'mail'],
}
