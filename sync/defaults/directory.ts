import type { DirectoryDefinition } from '../schema.ts'
import { ANCHOR, attribute, object, reference } from './build.ts'

export const SOURCE_DIRECTORY = 'Azure Active Directory'

const text = (names: string) => names.split(/\s+/).map((name) => attribute(name))

/**
 * What can be mapped from, by Entra's attribute names.
 * Source: Microsoft Learn, "Customize user provisioning attribute mappings".
 */
export function sourceDirectory(): DirectoryDefinition {
  return {
    id: '66e4a8cc-1b7b-435e-95f8-f06cea133828',
    name: SOURCE_DIRECTORY,
    readOnly: true,
    discoverabilities: 'None',
    discoveryDateTime: null,
    objects: [
      object('User', [
        { ...ANCHOR, name: 'objectId' },
        ...text(`userPrincipalName originalUserPrincipalName displayName givenName surname mail mailNickname jobTitle
          department companyName employeeId physicalDeliveryOfficeName streetAddress city state postalCode country
          usageLocation preferredLanguage mobile telephoneNumber facsimileTelephoneNumber`),
        attribute('proxyAddresses', 'String', { multivalued: true }),
        attribute('accountEnabled', 'Boolean'),
        attribute('IsSoftDeleted', 'Boolean'),
        attribute('appRoleAssignments', 'String', { multivalued: true }),
        ...Array.from({ length: 15 }, (_, i) => attribute(`extensionAttribute${i + 1}`)),
        reference('manager', ['User'], false),
      ]),
      object('Group', [
        { ...ANCHOR, name: 'objectId' },
        ...text('displayName description mail mailNickname'),
        attribute('mailEnabled', 'Boolean'),
        attribute('securityEnabled', 'Boolean'),
        reference('members', ['User', 'Group'], true),
      ]),
    ],
  }
}
