import { badRequest, notFound } from './errors.ts'
import { hides } from './lookup.ts'
import type { Call } from './request.ts'

const ANNOTATION = /^@|@odata\./

/** The members of a body without `@odata.type` and the like, which Graph accepts everywhere. */
export function propertiesOf(call: Call): Record<string, unknown> {
  return Object.fromEntries(Object.entries(call.json()).filter(([name]) => !ANNOTATION.test(name)))
}

/** @throws GraphFailure 400 for an object that was made and has not arrived, in the words that clients look for */
export function checkReference(call: Call, id: string): void {
  const isLate = (['users', 'groups', 'servicePrincipals'] as const).some((kind) => hides(call, kind, id))
  if (isLate) throw badRequest('Not a valid reference update.')
}

/** Object id at the end of `…/directoryObjects/{id}`, or before the type of the object as `@odata.id` has it. */
function idOfReference(call: Call, reference: unknown): string {
  const id =
    typeof reference === 'string'
      ? /([^/(']+)'?\)?(?:\/Microsoft\.DirectoryServices\.\w+)?\/?$/.exec(reference)?.[1]
      : undefined
  if (id === undefined) throw badRequest("Invalid value specified for property '@odata.id': it ends with an object id.")
  const key = id.toLowerCase()
  checkReference(call, key)
  return key
}

/** Ids that `name@odata.bind` binds. */
export function boundIds(call: Call, name: string): string[] {
  const references = call.json()[`${name}@odata.bind`]
  return references === undefined ? [] : [references].flat().map((reference) => idOfReference(call, reference))
}

/** The id in a `$ref` body. */
export const referencedId = (call: Call): string => idOfReference(call, call.json()['@odata.id'])

/** Text that must be there. */
export function requiredText(properties: Record<string, unknown>, name: string, type: string): string {
  const value = properties[name]
  if (typeof value === 'string' && value !== '') return value
  throw badRequest(`Invalid value specified for property '${name}' of resource '${type}'.`)
}

export const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

/** A user, group or service principal of this id, as far as it can be an owner or member. */
export function requireObject(call: Call, id: string): 'user' | 'group' | 'servicePrincipal' {
  const { users, groups, servicePrincipals } = call.tenant
  if (users.get(id)?.deletedDateTime === null) return 'user'
  if (groups.get(id)?.deletedDateTime === null) return 'group'
  if (servicePrincipals.get(id)?.deletedDateTime === null) return 'servicePrincipal'
  throw notFound(id)
}
