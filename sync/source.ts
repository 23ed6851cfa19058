import type { Complex, Source, Value } from './values.ts'

/** Entra attribute names that differ from the Graph property that holds them. */
const GRAPH_PROPERTY: Readonly<Record<string, string>> = {
  objectId: 'id',
  facsimileTelephoneNumber: 'faxNumber',
  mobile: 'mobilePhone',
  physicalDeliveryOfficeName: 'officeLocation',
  telephoneNumber: 'businessPhones',
  originalUserPrincipalName: 'userPrincipalName',
}

const EXTENSION_ATTRIBUTE = /^extensionAttribute([1-9]|1[0-5])$/

/** Entra attributes that no Graph property holds: they follow from the rest, or from assignments. */
const DERIVED = new Set(['IsSoftDeleted', 'appRoleAssignments'])

/** The Graph property that holds an Entra attribute, to be named in `$select`; null for one that none holds. */
export function graphProperty(attribute: string): string | null {
  if (DERIVED.has(attribute)) return null
  return EXTENSION_ATTRIBUTE.test(attribute)
    ? 'onPremisesExtensionAttributes'
    : (GRAPH_PROPERTY[attribute] ?? attribute)
}

/**
 * `alias@domain` from a guest's `alias_domain#EXT#@tenant`; other names as they are.
 * Source: Microsoft Learn, "How Application Provisioning works in Microsoft Entra ID", B2B (guest) users.
 */
export function guestPrincipalName(userPrincipalName: string): string {
  const external = /^(.*)_([^_]+)#EXT#@/i.exec(userPrincipalName)
  return external ? `${external[1]}@${external[2]}` : userPrincipalName
}

/**
 * Reads a user or group by Entra attribute names, as mappings and scoping filters do.
 * @param object properties named as in Graph
 * @param isSoftDeleted unassigned, filtered out, in deleted items, or disabled
 * @param appRoleAssignments the roles assigned, `{ id, displayName, value }` each
 */
export function entraSource(
  object: Readonly<Record<string, unknown>>,
  isSoftDeleted: boolean,
  appRoleAssignments: readonly Complex[] = [],
): Source {
  return (attribute) => {
    switch (attribute) {
      case 'IsSoftDeleted':
        return isSoftDeleted
      case 'appRoleAssignments':
        return appRoleAssignments
      case 'userPrincipalName': {
        const name = object.userPrincipalName
        return typeof name === 'string' ? guestPrincipalName(name) : null
      }
    }
    const value = EXTENSION_ATTRIBUTE.test(attribute)
      ? (object.onPremisesExtensionAttributes as Record<string, Value> | undefined)?.[attribute]
      : (object[GRAPH_PROPERTY[attribute] ?? attribute] as Value | undefined)
    // An empty attribute does not exist in the directory.
    return value === undefined || value === '' ? null : value
  }
}
