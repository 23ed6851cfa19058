/** The SCIM service of a target in Azure, while it runs: what an update cannot go without it repairs, so it warns only. */
import type { Access } from '../../../provider/graph/neededPermissions.ts'
import { managementOf } from '../../stack/management.ts'
import type { Tenant } from '../../stack/tenant.ts'
import { notChecked, type Result, warning } from '../finding.ts'
import type { Found } from './application.ts'
import type { Caller } from './signIn.ts'
import { askManagement, type ContainerApp } from './target.ts'

/** Its value is where the service answers. */
export async function checkService(
  tenant: Tenant,
  application: Found,
  access: Access,
  signal: AbortSignal,
): Promise<Result<string>> {
  if (application === 'none') return notChecked('there is no SCIM service yet: the update makes it')
  let management: Awaited<ReturnType<typeof managementOf>>
  try {
    management = await managementOf(tenant, application.servicePrincipal.id)
  } catch (error) {
    signal.throwIfAborted()
    const [seen = '', ...rest] = (error as Error).message.split('\n')
    return hasNoRole(seen)
      ? warning(seen, listIt(access))
      : warning(seen, rest.join(' ').trim() || 'npx entrada status says more')
  }
  if (!management) return notChecked('there is no SCIM service yet: the update makes it')
  const { said } = await askManagement(management, warning, signal)
  return { said, value: management.apiUrl }
}

/** Entra gives no token to who has no role where one is required. */
const hasNoRole = (message: string) => /AADSTS501051\b/.test(message)

const LISTS = { change: 'runners', read: 'readers' } as const

const listIt = (access: Access) =>
  `add its object id to entrada:target.${LISTS[access]}, and run an update as one of those listed in runners`

/** @returns nothing where the caller gets a role that does: whoever runs the update, where nobody is listed */
export function checkRunner({ runners, readers }: ContainerApp, { objectId }: Caller, access: Access): Result {
  if (access === 'change' && runners.length === 0) return { said: [] }
  const listed = access === 'read' ? [...runners, ...readers] : runners
  if (listed.some((id) => id.toLowerCase() === objectId.toLowerCase())) return { said: [] }
  return warning(
    `the caller, ${objectId}, is not among entrada:target.${LISTS[access]}: it gets no role at the SCIM service`,
    listIt(access),
  )
}
