import type { ObjectRules } from '../../../sync/rules.ts'
import { graphProperty } from '../../../sync/source.ts'

/** What a forecast itself shows and asks of users and groups. */
const ALWAYS = {
  user: ['id', 'displayName', 'userPrincipalName', 'accountEnabled', 'userType'],
  group: ['id', 'displayName', 'securityEnabled'],
}

/** An Entra attribute of this form is a custom security attribute, which `$select` on users does not read. */
const CUSTOM_SECURITY = /^customSecurityAttributes?[./]/i

const REFERENCES = new Set(['manager', 'members'])

export interface Selection {
  properties: string[]
  /** Attributes that mappings read and Graph does not tell. */
  unreadable: string[]
}

/** The Graph properties that a forecast of these rules needs, and no others. */
export function selectionFor(rules: ObjectRules | null, kind: 'user' | 'group'): Selection {
  const attributes = [...(rules?.attributes ?? [])]
  const unreadable = attributes.filter((attribute) => CUSTOM_SECURITY.test(attribute))
  const properties = attributes
    .filter((attribute) => !unreadable.includes(attribute) && !REFERENCES.has(attribute))
    .flatMap((attribute) => graphProperty(attribute) ?? [])
  return { properties: [...new Set([...ALWAYS[kind], ...properties])], unreadable }
}

/** The property that Graph does not know, by its refusal of a `$select`. */
export const unknownProperty = (message: string): string | undefined =>
  /Could not find a property named '([^']+)'/.exec(message)?.[1]
