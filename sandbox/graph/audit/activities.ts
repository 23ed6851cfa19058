/**
 * What of a change Entra's audit log tells. Names and categories: Microsoft Entra, "Audit log activities"; that an
 * activity of provisioning has the service principal as its target is inferred.
 */
import type { AuditRecord, AuditTarget } from '../../tenant/model.ts'
import { findApplication, findServicePrincipal } from '../lookup.ts'
import type { Call, GraphResponse } from '../request.ts'

type Told = Pick<AuditRecord, 'activity' | 'category' | 'service' | 'operation' | 'targets'>

/** Called before the change, which may take its object away; what it gives is called after it. */
type Describe = (call: Call) => (response: GraphResponse) => Told[]

const DIRECTORY = 'Core Directory'
const OPERATIONS = { Add: 'Add', Update: 'Update', Delete: 'Delete', Remove: 'Delete' } as const

const told = (activity: string, category: string, targets: AuditTarget[], service = DIRECTORY): Told => {
  const verb = activity.split(' ', 1)[0]!
  return { activity, category, service, operation: OPERATIONS[verb as 'Add'] ?? 'Update', targets }
}

/** Objects that a path names, as they are before the change. */
const TARGETS = {
  application: (call: Call) => findApplication(call, call.params.id!)?.id,
  servicePrincipal: (call: Call) => findServicePrincipal(call, call.params.id!)?.id,
  user: (call: Call) => call.tenant.userByName(call.params.key!)?.id ?? call.params.key,
  group: (call: Call) => call.params.key,
}

const NAMES = { application: 'application', servicePrincipal: 'service principal', user: 'user', group: 'group' }
const CATEGORIES = {
  application: 'ApplicationManagement',
  servicePrincipal: 'ApplicationManagement',
  user: 'UserManagement',
  group: 'GroupManagement',
}
type Kind = keyof typeof NAMES

const made =
  (kind: Kind): Describe =>
  (call) =>
  ({ body }) => [told(`Add ${NAMES[kind]}`, CATEGORIES[kind], targetsOf(call, [(body as { id: string }).id]))]

const updated =
  (kind: Kind): Describe =>
  (call) => {
    const targets = targetsOf(call, [TARGETS[kind](call)])
    const before = objectOf(call, targets[0]?.id) as Record<string, unknown> | undefined
    const modified = Object.entries((call.request.body ?? {}) as Record<string, unknown>)
      .filter(([name]) => !/password|credential/i.test(name))
      .map(([name, now]) => ({ name, before: JSON.stringify(before?.[name] ?? null), after: JSON.stringify(now) }))
    return () => [
      told(
        `Update ${NAMES[kind]}`,
        CATEGORIES[kind],
        targets.map((target) => ({ ...target, modified })),
      ),
    ]
  }

const removed =
  (kind: Kind, verb = 'Delete'): Describe =>
  (call) => {
    const targets = targetsOf(call, [TARGETS[kind](call)])
    return () => [told(`${verb} ${NAMES[kind]}`, CATEGORIES[kind], targets)]
  }

/** Of an object and another one that it gets or loses: the other's id stands in the body, or in the path. */
const linked =
  (activity: string, kind: Kind, parameter?: string): Describe =>
  (call) => {
    const reference = (call.request.body as { '@odata.id'?: string } | undefined)?.['@odata.id']
    const other = parameter ? call.params[parameter] : reference?.split('/').at(-1)
    const targets = targetsOf(call, [TARGETS[kind](call), other])
    return () => [told(activity, CATEGORIES[kind], targets)]
  }

const provisioning =
  (activity: string): Describe =>
  (call) => {
    const targets = targetsOf(call, [TARGETS.servicePrincipal(call)])
    return () => [told(activity, 'ProvisioningManagement', targets, 'Account Provisioning')]
  }

const WITH_ROLE = {
  User: ['grant to user', 'from user', 'UserManagement'],
  Group: ['to group', 'from group', 'GroupManagement'],
  ServicePrincipal: ['to service principal', 'from service principal', 'ApplicationManagement'],
} as const

const assigned: Describe =
  (call) =>
  ({ body }) => {
    const { principalId, resourceId, principalType } = body as Record<string, string>
    const [to, , category] = WITH_ROLE[principalType as 'User']
    return [told(`Add app role assignment ${to}`, category, targetsOf(call, [resourceId, principalId]))]
  }

const unassigned: Describe = (call) => {
  const assignment = call.tenant.assignments.get(call.params.assignmentId!)
  const targets = targetsOf(call, [assignment?.resourceId, assignment?.principalId])
  const [, from, category] = WITH_ROLE[assignment?.principalType ?? 'User']
  return () => [told(`Remove app role assignment ${from}`, category, targets)]
}

const instantiated: Describe =
  (call) =>
  ({ body }) => {
    const { application, servicePrincipal } = body as Record<string, { id: string }>
    return [
      told('Add application', CATEGORIES.application, targetsOf(call, [application!.id])),
      told('Add service principal', CATEGORIES.servicePrincipal, targetsOf(call, [servicePrincipal!.id])),
    ]
  }

const SYNCHRONIZATION = '/servicePrincipals/:id/synchronization'
const JOB = `${SYNCHRONIZATION}/jobs/:jobId`
const SETTINGS = 'Update provisioning setting or credentials'
const MAPPINGS = 'Update attribute mappings or scope'

/** By method and pattern of the route. */
export const ACTIVITIES: Readonly<Record<string, Describe>> = {
  'POST /applicationTemplates/:id/instantiate': instantiated,
  'POST /applications': made('application'),
  'PATCH /applications/:id': updated('application'),
  'DELETE /applications/:id': removed('application'),
  'POST /applications/:id/owners/$ref': linked('Add owner to application', 'application'),
  'DELETE /applications/:id/owners/:ownerId/$ref': linked('Remove owner from application', 'application', 'ownerId'),
  'POST /servicePrincipals': made('servicePrincipal'),
  'PATCH /servicePrincipals/:id': updated('servicePrincipal'),
  'DELETE /servicePrincipals/:id': removed('servicePrincipal', 'Remove'),
  'POST /servicePrincipals/:id/owners/$ref': linked('Add owner to service principal', 'servicePrincipal'),
  'DELETE /servicePrincipals/:id/owners/:ownerId/$ref': linked(
    'Remove owner from service principal',
    'servicePrincipal',
    'ownerId',
  ),
  ...Object.fromEntries(
    [
      '/servicePrincipals/:key/appRoleAssignedTo',
      ...['servicePrincipals', 'users', 'groups'].map((set) => `/${set}/:key/appRoleAssignments`),
    ].flatMap((pattern): [string, Describe][] => [
      [`POST ${pattern}`, assigned],
      [`DELETE ${pattern}/:assignmentId`, unassigned],
    ]),
  ),
  [`POST ${SYNCHRONIZATION}/jobs`]: provisioning('Add provisioning configuration'),
  [`DELETE ${JOB}`]: provisioning('Delete provisioning configuration'),
  [`PATCH ${JOB}`]: provisioning(SETTINGS),
  [`POST ${JOB}/start`]: provisioning('Enable/start provisioning configuration'),
  [`POST ${JOB}/pause`]: provisioning('Disable/pause provisioning configuration'),
  [`POST ${JOB}/restart`]: provisioning('Enable/restart provisioning configuration'),
  [`PUT ${JOB}/schema`]: provisioning(MAPPINGS),
  [`DELETE ${JOB}/schema`]: provisioning(MAPPINGS),
  [`PUT ${SYNCHRONIZATION}/secrets`]: provisioning(SETTINGS),
  [`PATCH ${SYNCHRONIZATION}/connectivityParameters`]: provisioning(SETTINGS),
  [`POST ${SYNCHRONIZATION}/acquireAccessToken`]: provisioning(SETTINGS),
  'POST /users': made('user'),
  'PATCH /users/:key': updated('user'),
  'DELETE /users/:key': removed('user'),
  'POST /groups': made('group'),
  'PATCH /groups/:key': updated('group'),
  'DELETE /groups/:key': removed('group'),
  'POST /groups/:key/owners/$ref': linked('Add owner to group', 'group'),
  'DELETE /groups/:key/owners/:ownerId/$ref': linked('Remove owner from group', 'group', 'ownerId'),
  'POST /groups/:key/members/$ref': linked('Add member to group', 'group'),
  'DELETE /groups/:key/members/:memberId/$ref': linked('Remove member from group', 'group', 'memberId'),
}

function objectOf({ tenant }: Call, id: string | undefined) {
  if (id === undefined) return undefined
  return (
    tenant.servicePrincipals.get(id) ?? tenant.applications.get(id) ?? tenant.users.get(id) ?? tenant.groups.get(id)
  )
}

/** As they are now; an id that means nothing is left out. */
function targetsOf(call: Call, ids: readonly (string | undefined)[]): AuditTarget[] {
  const { tenant } = call
  return ids.flatMap((id): AuditTarget[] => {
    const object = objectOf(call, id)
    if (!object || id === undefined) return []
    const type = tenant.users.get(id)
      ? 'User'
      : tenant.groups.get(id)
        ? 'Group'
        : tenant.applications.get(id)
          ? 'Application'
          : 'ServicePrincipal'
    const userPrincipalName = tenant.users.get(id)?.userPrincipalName
    return [{ id, type, displayName: object.displayName, ...(userPrincipalName ? { userPrincipalName } : {}) }]
  })
}
