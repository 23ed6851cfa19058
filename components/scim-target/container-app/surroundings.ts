import { getClientConfig as getSubscription } from '@pulumi/azure-native/authorization/getClientConfig.js'
import { getClientConfig as getRunner } from '@pulumi/azuread/getClientConfig.js'
import { getGroups } from '@pulumi/azuread/getGroups.js'
import { getUsers } from '@pulumi/azuread/getUsers.js'
import * as pulumi from '@pulumi/pulumi'

/** What the stack's file does not say, known before anything is made. */
export interface Surroundings {
  subscriptionId: string
  tenantId: string
  /** Object ids of who gets the role Manage: who runs this, and the administrators, each once. */
  managers: string[]
}

/** @throws pulumi.RunError naming all administrators that are not in the tenant */
export async function lookUp(administrators: readonly string[], env = process.env): Promise<Surroundings> {
  const cloud = env.ARM_ENVIRONMENT || 'public'
  if (cloud !== 'public' && cloud !== 'global')
    throw new pulumi.RunError(
      `a containerApp target is made in Azure's public cloud only, and ARM_ENVIRONMENT is ${cloud}`,
    )
  const [{ subscriptionId, tenantId }, runner, named] = await Promise.all([
    getSubscription(),
    getRunner(),
    objectIds(administrators),
  ])
  if (runner.tenantId !== tenantId)
    throw new pulumi.RunError(
      `the subscription belongs to the Entra tenant ${tenantId}, but the application would be made in ${runner.tenantId}: a managed identity is trusted in its own tenant only. Set ARM_SUBSCRIPTION_ID to a subscription of that tenant`,
    )
  return { subscriptionId, tenantId, managers: [...new Set([runner.objectId, ...named])] }
}

const isId = (name: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)

async function objectIds(administrators: readonly string[]): Promise<string[]> {
  const ids = administrators.filter(isId).map((id) => id.toLowerCase())
  const names = administrators.filter((name) => !isId(name))
  const userNames = names.filter((name) => name.includes('@'))
  const groupNames = names.filter((name) => !name.includes('@'))
  const [users, groups] = await Promise.all([
    userNames.length > 0 ? getUsers({ userPrincipalNames: userNames, ignoreMissing: true }) : { users: [] },
    groupNames.length > 0
      ? getGroups({ displayNames: groupNames, ignoreMissing: true })
      : { displayNames: [], objectIds: [] },
  ])
  const found = [...users.users.map((user) => user.userPrincipalName), ...groups.displayNames].map(folded)
  const missing = names.filter((name) => !found.includes(folded(name)))
  if (missing.length > 0)
    throw new pulumi.RunError(
      `entrada:target.administrators: the tenant has no user or group ${missing.join(', ')}; give a user principal name, the name of a group, or an object id`,
    )
  return [...ids, ...users.users.map((user) => user.objectId), ...groups.objectIds]
}

const folded = (name: string) => name.toLowerCase()
