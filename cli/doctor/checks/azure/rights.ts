/** What the caller may do where resources are made. Source: Azure REST, "Permissions". */
import type { Access } from '../../../../provider/graph/neededPermissions.ts'
import { notChecked, ok, type Result } from '../../finding.ts'
import type { ContainerApp } from '../target.ts'
import { type Azure, refusalOf } from './client.ts'

interface Permission {
  actions: string[]
  notActions: string[]
}

interface Place {
  /** As a person knows it. */
  name: string
  path: string
  /** What is done there. */
  actions: readonly string[]
  /** What gives the right to it. */
  roles: string
}

const GIVE_ROLES = 'Microsoft.Authorization/roleAssignments/write'

/** For who makes nothing, in whatever place: Reader has all of Azure's reads. */
const READING = { actions: ['*/read'], roles: 'Reader' }

export async function checkRights(azure: Azure, target: ContainerApp, access: Access): Promise<Result> {
  const places = placesOf(azure, target).map((place) => (access === 'read' ? { ...place, ...READING } : place))
  const results = await Promise.all(places.map((place) => checkPlace(azure, place)))
  return { said: results.flatMap(({ said }) => said) }
}

/** A registry that is there may be in a resource group of its own. */
function placesOf({ subscriptionId }: Azure, { resourceGroup, registry, build }: ContainerApp): Place[] {
  const own: Place = {
    name: resourceGroup ? `the resource group ${resourceGroup}` : 'the subscription',
    path: resourceGroup ? `/resourcegroups/${resourceGroup}` : '',
    // Makes resources; gives the service's own identity its roles.
    actions: ['Microsoft.App/containerApps/write', GIVE_ROLES],
    roles: 'Contributor and Role Based Access Control Administrator',
  }
  const group = registry?.resourceGroup ?? resourceGroup
  if (!registry || !group) return [own]
  return [
    own,
    {
      name: `the registry ${registry.name}`,
      path: `/subscriptions/${subscriptionId}/resourcegroups/${group}/providers/Microsoft.ContainerRegistry/registries/${registry.name}`,
      actions: [
        'Microsoft.ContainerRegistry/registries/read',
        GIVE_ROLES,
        ...(build ? ['Microsoft.ContainerRegistry/registries/push/write'] : []),
      ],
      roles: `Reader${build ? ', AcrPush' : ''} and Role Based Access Control Administrator (for AcrPull)`,
    },
  ]
}

async function checkPlace(azure: Azure, { name, path, actions, roles }: Place): Promise<Result> {
  const answer = await azure.get<{ value: Permission[] }>(
    `${path}/providers/Microsoft.Authorization/permissions`,
    '2022-04-01',
  )
  if (answer.status === 404)
    return { said: [{ state: 'problem', seen: `there is no ${name.replace(/^the /, '')}`, fix: `check its name` }] }
  if (answer.status !== 200)
    return notChecked(`what the caller may do in ${name}: it may not ask (${refusalOf(answer)})`)
  const missing = actions.filter((action) => !isAllowed(answer.body.value ?? [], action))
  if (missing.length === 0) return ok(`roles are given on ${name}`)
  return {
    said: missing.map((action) => ({
      state: 'problem',
      seen: `the caller may not ${action} in ${name}`,
      fix: `give it the roles ${roles} on ${name}`,
    })),
  }
}

/** Roles add up; what one of them excludes another may give. */
function isAllowed(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((one) => covers(one, action)) && !notActions.some((one) => covers(one, action)),
  )
}

function covers(pattern: string, action: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 'i').test(action)
}
