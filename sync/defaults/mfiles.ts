import type { MappingLine } from './build.ts'
import { ACTIVE, userObject } from './generic.ts'

const INFO = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'

/**
 * Stand-in for the M-Files gallery mapping. The target attributes are those of Microsoft's M-Files tutorial of
 * 2023-09; which source attribute feeds each is not published, so these are the generic ones.
 */
export const MFILES_USER: MappingLine[] = [
  ['[userPrincipalName]', 'userName', 1],
  [ACTIVE, 'active'],
  ['[mail]', 'emails[type eq "work"].value'],
  ['[givenName]', 'name.givenName'],
  ['[surname]', 'name.familyName'],
  ['[displayName]', 'name.formatted'],
  ['[objectId]', 'externalId'],
]

/** `info1` and `info2` can be mapped to and are not by default. */
export const MFILES_USER_OBJECT = userObject([
  ...MFILES_USER.map(([, target]) => target),
  `${INFO}:info1`,
  `${INFO}:info2`,
])
