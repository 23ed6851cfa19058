/** The cases of filters of the whole grammar, by number; `{u1}` stands for the id of the user that is called so. */

import { enterprise } from './population.ts'

export const ext = 'urn:example:params:scim:schemas:extension:test:2.0:User'
export const core = 'urn:ietf:params:scim:schemas:core:2.0:User'

export const filtersOfUsers: [number: string, filter: string, found: string[]][] = [
  ['F1', 'userName eq "bjensen"', ['u1']],
  ['F2', 'externalId eq "ext-1"', []],
  ['F2', 'externalId eq "Ext-1"', ['u1']],
  ['F3', 'USERNAME EQ "bjensen"', ['u1']],
  ['F4', `${core}:userName eq "bjensen"`, ['u1']],
  ['F5', `${enterprise}:department eq "r&d"`, ['u1']],
  ['F6', `${enterprise}:manager.value eq "{boss}"`, ['u1']],
  ['F7', 'emails[type eq "work" and value co "@jensen.org"]', []],
  ['F8', 'emails.type eq "work" and emails.value co "@jensen.org"', ['u1']],
  ['F9', 'emails[type eq "work"].value eq "babs@jensen.org"', []],
  ['F9', 'emails[type eq "home"].value eq "babs@jensen.org"', ['u1']],
  ['F10', 'emails co "example.com"', ['u1']],
  ['F11', 'not (userName eq "bjensen")', ['boss', 'u2', 'u3']],
  ['F13', 'title pr or userName eq "a" and active eq false', ['boss', 'u3']],
  ['F14', 'title pr', ['boss', 'u3']],
  ['F15', 'title eq null', ['u1', 'u2']],
  ['F16', 'title ne "x"', ['boss', 'u1', 'u2', 'u3']],
  ['F17', 'active eq false', ['u2']],
  ['F17', 'active eq "False"', ['u2']],
  ['F17', 'active eq True', ['boss', 'u1', 'u3']],
  ['F19', 'meta.lastModified gt "2026-01-01T00:00:00+02:00"', ['boss', 'u1', 'u2', 'u3']],
  ['F19', 'meta.created lt "2026-01-01T00:00:00.5Z"', []],
  ['F20', 'meta.created gt 2015-01-01T00:00:00Z', ['boss', 'u1', 'u2', 'u3']],
  ['F20, Q33', 'externalId eq jyoung', ['u3']],
  ['F21', String.raw`displayName eq "a\"b"`, ['u1']],
  ['F21', String.raw`displayName eq "C:\\"`, ['u3']],
  ['F21', String.raw`title eq "Zo\u00eb"`, ['boss']],
  ['F22', 'title eq "x] and (y or z"', ['u3']],
  ['F23', 'displayName sw "100%_"', ['u2']],
  ['F23', 'displayName sw "%"', []],
  ['F23', 'displayName co "_"', ['u2']],
  ['F24', 'title eq "Zoe\u0308"', ['boss']],
  ['F28', '((userName eq "bjensen"))', ['u1']],
  ['F29', 'userName eq "boss"  or \t  userName eq "bjensen"', ['boss', 'u1']],
  ['F31', `userName eq "x'; DROP TABLE users;--"`, []],
  ['F31', 'displayName eq "$.a ? (@ == 1)"', []],
  ['F36', 'groups.value eq "{g1}"', ['u1', 'u2']],
  ['F36', 'groups.value eq "{g2}"', ['u1', 'u2']],
  ['F36', 'groups[value eq "{g2}" and type eq "direct"]', []],
  ['F37', 'id eq "{u1}" and manager eq "{boss}"', ['u1']],
  ['F37', 'manager.displayName eq "the boss"', ['u1']],
  ['F41', 'emails pr', ['u1']],
  ['F41', 'name pr', []],
  ['F42', `${ext}:level gt 9`, ['u1']],
  ['F42', `${ext}:level ge 9`, ['u1', 'u2']],
  ['F43', `${ext}:rate eq 1`, ['u1']],
  ['F43', `${ext}:rate eq 1e2`, ['u2']],
  ['F44', `schemas eq "${enterprise}"`, ['u1']],
  ['F44', `schemas eq "${core}"`, ['boss', 'u1', 'u2', 'u3']],
]

export const filtersOfGroups: [number: string, filter: string, found: string[]][] = [
  ['F34', 'id eq "{g1}" and members eq "{u1}"', ['g1']],
  ['F35', 'members[value eq "{u1}"]', ['g1']],
  ['F35', 'members.value eq "{u1}"', ['g1']],
  ['F35', 'members[value eq "{g1}" and type eq "Group"]', ['g2']],
  ['F35', 'members.display eq "A\\"B"', ['g1']],
  ['F38', 'members.$ref ew "/Users/{u1}"', ['g1']],
]

export const filtersOfBoth: [number: string, filter: string, found: string[]][] = [
  ['F39', 'meta.resourceType eq User', ['boss', 'u1', 'u2', 'u3']],
  ['F39', 'meta.resourceType eq "Group"', ['g1', 'g2']],
  ['F40', 'userName eq "bjensen"', ['u1']],
  ['F40', 'userName ne "bjensen"', ['boss', 'g1', 'g2', 'u2', 'u3']],
  ['F40', 'displayName sw "t" or members.value eq "{g1}"', ['boss', 'g1', 'g2']],
  ['D13', 'displayName pr', ['boss', 'g1', 'g2', 'u1', 'u2', 'u3']],
]

export const refusedFilters: [number: string, filter: string][] = [
  ['F12', 'not userName eq "bjensen"'],
  ['F18', 'active gt true'],
  ['F18', 'x509Certificates.value gt "a"'],
  ['F18', `${ext}:level co 1`],
  ['F26', 'nosuch eq "x"'],
  ['F27', 'userName xx "a"'],
  ['F27', 'userName eq'],
  ['F27', 'userName pr "x"'],
  ['F27', 'eq "a"'],
  ['F27', 'userName eq "a" and'],
  ['F27', '(userName eq "a"'],
  ['F30', '('.repeat(5_000)],
  ['F30', Array(500).fill('a pr').join(' or ')],
  ['F30', `a${'.'.repeat(8_000)} pr`],
  ['F32', '__proto__ eq "x"'],
  ['F32', 'constructor pr'],
  ['F33', 'password eq "x"'],
  ['F33', 'password sw "a"'],
  ['F33', `${ext}:secret sw "s"`],
  ['F42', `${ext}:level gt "high"`],
]

export const refusedByStrict: [number: string, filter: string][] = [
  ['F17', 'active eq True'],
  ['F17', 'active eq "true"'],
  ['F20', 'meta.created gt 2015-01-01T00:00:00Z'],
  ['F20, Q33', 'externalId eq jyoung'],
  ['F42', 'externalId eq 1'],
]
