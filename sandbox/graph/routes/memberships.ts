import { ACCESS } from '../access.ts'
import { isTexts } from '../body.ts'
import { badRequest, notFound } from '../errors.ts'
import { type Call, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { typeNameOf } from '../shape/objects.ts'
import { allGroupsOf } from './members.ts'

/** Ids that are compared at most (Graph: checkMemberGroups). */
const CHECKED = 20

const PLACES = ['/directoryObjects/:id', '/users/:key', '/groups/:key', '/servicePrincipals/:id']

/**
 * Which groups somebody is in, directly or not, by their ids. The sandbox has neither directory roles nor administrative
 * units, so the calls on objects of any type find groups alone.
 */
export const membershipRoutes: Route[] = PLACES.flatMap((place) =>
  (['Groups', 'Objects'] as const).flatMap((found): Route[] => [
    {
      method: 'POST',
      pattern: `${place}/getMember${found}`,
      access: ACCESS.readMemberships,
      handler: get,
      reads: true,
    },
    {
      method: 'POST',
      pattern: `${place}/checkMember${found}`,
      access: ACCESS.readMemberships,
      handler: (call) => check(call, found === 'Groups' ? 'groupIds' : 'ids'),
      reads: true,
    },
  ]),
)

function get(call: Call): GraphResponse {
  const { securityEnabledOnly } = call.json()
  if (typeof securityEnabledOnly !== 'boolean') {
    throw badRequest("A value is required for parameter 'securityEnabledOnly': true or false.")
  }
  const isTold = (id: string) => !securityEnabledOnly || call.tenant.groups.get(id)!.securityEnabled
  return answer(call, foundFor(call).filter(isTold))
}

function check(call: Call, name: 'groupIds' | 'ids'): GraphResponse {
  const ids = call.json()[name]
  if (!isTexts(ids) || ids.length > CHECKED) {
    throw badRequest(`Invalid value specified for parameter '${name}': a list of at most ${CHECKED} ids.`)
  }
  const groups = new Set(foundFor(call))
  return answer(
    call,
    ids.filter((id) => groups.has(id.toLowerCase())),
  )
}

function foundFor(call: Call): string[] {
  const key = (call.params.key ?? call.params.id)!
  const id = call.tenant.userByName(key)?.id ?? key
  if (typeNameOf(call.tenant, id) === undefined) throw notFound(key)
  return allGroupsOf(call, id)
}

const answer = (call: Call, value: string[]): GraphResponse =>
  ok({ '@odata.context': call.context('Collection(Edm.String)'), value })
