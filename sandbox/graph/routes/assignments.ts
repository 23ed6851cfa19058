import { randomBytes } from 'node:crypto'
import type { AppRoleAssignment, ServicePrincipal } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { checkReference, propertiesOf, requiredText, requireObject } from '../body.ts'
import { badRequest, invalidValue, notFound } from '../errors.ts'
import { requireGroup, requireServicePrincipal, requireUser } from '../lookup.ts'
import { type ListOptions, listAnswer } from '../odata/list.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { assignmentView } from '../shape/applications.ts'
import { RESOURCE_NAMES } from '../shape/objects.ts'

const read = ACCESS.readAssignments
const write = ACCESS.writeAssignments
const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000'
/** The same calls below the resource and below each kind of principal, `whose` collection it is. */
const below = (pattern: string, side: 'resourceId' | 'principalId', whose: (call: Call) => { id: string }): Route[] => {
  const find = (call: Call): AppRoleAssignment => {
    const { assignmentId } = call.params
    const found = call.tenant.assignments.get(assignmentId!)
    if (found?.[side] !== whose(call).id) throw notFound(assignmentId!)
    return found
  }
  const all = (call: Call): AppRoleAssignment[] => {
    const { id } = whose(call)
    return side === 'resourceId' ? call.tenant.assignmentsOf(id) : call.tenant.assignmentsTo(id)
  }
  const get = (call: Call): GraphResponse => ok(answer(call, find(call)))
  const remove = (call: Call): GraphResponse => {
    call.tenant.assignments.delete(find(call).id)
    return NO_CONTENT
  }
  return [
    { method: 'GET', pattern, access: read, handler: (call) => list(call, all(call)) },
    { method: 'POST', pattern, access: write, handler: (call) => create(call, side, whose(call).id) },
    { method: 'GET', pattern: `${pattern}/:assignmentId`, access: read, handler: get },
    { method: 'DELETE', pattern: `${pattern}/:assignmentId`, access: write, handler: remove },
  ]
}

const servicePrincipal = (call: Call) => requireServicePrincipal(call, call.params.key!)

export const assignmentRoutes: Route[] = [
  ...below('/servicePrincipals/:key/appRoleAssignedTo', 'resourceId', servicePrincipal),
  ...below('/servicePrincipals/:key/appRoleAssignments', 'principalId', servicePrincipal),
  ...below('/users/:key/appRoleAssignments', 'principalId', (call) => requireUser(call, call.params.key!)),
  ...below('/groups/:key/appRoleAssignments', 'principalId', (call) => requireGroup(call, call.params.key!)),
]

function list(call: Call, assignments: AppRoleAssignment[]): GraphResponse {
  const options: ListOptions<AppRoleAssignment> = {
    type: 'microsoft.graph.appRoleAssignment',
    context: 'appRoleAssignments',
    properties: new Set(['id', 'appRoleId', 'principalDisplayName', 'principalId', 'principalType', 'resourceId']),
    view: (assignment) => assignmentView(call.tenant, assignment),
  }
  return listAnswer(call, assignments, options)
}

const answer = (call: Call, assignment: AppRoleAssignment) => ({
  '@odata.context': call.context('appRoleAssignments/$entity'),
  ...assignmentView(call.tenant, assignment),
})

function create(call: Call, side: 'resourceId' | 'principalId', ownId: string): GraphResponse {
  const properties = propertiesOf(call)
  const [principalId, resourceId, appRoleId] = ['principalId', 'resourceId', 'appRoleId'].map((name) =>
    requiredText(properties, name, 'AppRoleAssignment'),
  ) as [string, string, string]
  if (properties[side] !== ownId) throw invalidValue(side, 'AppRoleAssignment')
  for (const id of [principalId, resourceId]) checkReference(call, id)
  const resource = requireServicePrincipal(call, resourceId)
  const kind = requireObject(call, principalId)
  checkRole(resource, appRoleId, kind)
  const isDuplicate = call.tenant
    .assignmentsTo(principalId)
    .some((other) => other.resourceId === resourceId && other.appRoleId === appRoleId)
  if (isDuplicate) throw badRequest('Permission being assigned already exists on the object')
  const assignment: AppRoleAssignment = {
    id: randomBytes(32).toString('base64url'),
    appRoleId,
    principalId,
    principalType: RESOURCE_NAMES[kind],
    resourceId,
    createdDateTime: call.nowIso(),
  }
  call.tenant.assignments.put(assignment.id, assignment)
  return created(answer(call, assignment))
}

/** Default access is for applications without roles of their own (Graph: appRoleAssignment). */
function checkRole(resource: ServicePrincipal, appRoleId: string, kind: ReturnType<typeof requireObject>): void {
  const enabled = resource.appRoles.filter((role) => role.isEnabled)
  if (appRoleId === DEFAULT_ACCESS && enabled.length === 0) return
  const member = kind === 'servicePrincipal' ? 'Application' : 'User'
  const role = enabled.find(({ id }) => id === appRoleId)
  if (!role?.allowedMemberTypes.includes(member)) {
    throw badRequest('Permission being assigned was not found on application')
  }
}
