import { getGroups } from '@pulumi/azuread/getGroups.js'
import { getUsers } from '@pulumi/azuread/getUsers.js'
import * as pulumi from '@pulumi/pulumi'

const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const isObjectId = (name: string): boolean => OBJECT_ID.test(name)

export const foldName = (name: string): string => name.toLowerCase()

/** Object ids by folded name. */
export type Ids = ReadonlyMap<string, string>

/** Only user principal names have it, and all of them do. */
const isUserName = (name: string): boolean => name.includes('@')

/**
 * Object ids of users and groups that are in the directory, by one look-up for all users and one for all groups; of
 * `names` that are object ids themselves there is nothing to look up.
 *
 * @param place what the error gives as the place of the names, such as `entrada:managedGroups`
 * @throws pulumi.RunError naming all that the directory does not have
 */
export async function idsOf(names: readonly string[], place: string, opts?: pulumi.InvokeOptions): Promise<Ids> {
  const wanted = [...new Map(names.filter((name) => !isObjectId(name)).map((name) => [foldName(name), name])).values()]
  const userNames = wanted.filter(isUserName)
  const groupNames = wanted.filter((name) => !isUserName(name))
  const found = (await Promise.all([userIds(userNames, opts), groupIds(groupNames, opts)])).flat()
  const ids = new Map(found.map(([name, id]) => [foldName(name), id]))
  const missing = wanted.filter((name) => !ids.has(foldName(name)))
  if (missing.length > 0) throw new pulumi.RunError(explain(missing, place))
  return ids
}

// Both look-ups end with the first name that is missing, unless they are told to leave it out.
const ignoreMissing = true

async function userIds(userPrincipalNames: string[], opts?: pulumi.InvokeOptions): Promise<[string, string][]> {
  if (userPrincipalNames.length === 0) return []
  const { users } = await getUsers({ userPrincipalNames, ignoreMissing }, opts)
  return users.map(({ userPrincipalName, objectId }) => [userPrincipalName, objectId])
}

async function groupIds(displayNames: string[], opts?: pulumi.InvokeOptions): Promise<[string, string][]> {
  if (displayNames.length === 0) return []
  const found = await getGroups({ displayNames, ignoreMissing }, opts)
  return found.displayNames.map((name, index) => [name, found.objectIds[index]!])
}

function explain(missing: readonly string[], place: string): string {
  const lines = missing.map((name) => `  - there is no ${isUserName(name) ? 'user' : 'group'} '${name}'`)
  return `the tenant does not have all that ${place} names:\n${lines.join('\n')}`
}
