/** Since when and by whom something is no longer as the stack left it, out of the tenant's audit log. */
import { type Graph, missesPermission } from '../../provider/graph/client.ts'
import { literal, query } from '../../provider/graph/odata.ts'
import { servicePrincipalIdOf } from '../../provider/resources/common/ids.ts'
import type { Change, Origin, PropertyChange } from '../engine/changes.ts'

export interface Told {
  changes: Change[]
  /** Why it could not be looked for; null where it was. */
  unknown: string | null
}

/** Graph's directoryAudit, as far as it is looked at. */
export interface AuditEvent {
  activityDateTime: string
  activityDisplayName: string
  initiatedBy: {
    user?: { id?: string | null; displayName?: string | null; userPrincipalName?: string | null } | null
    app?: { appId?: string | null; displayName?: string | null; servicePrincipalId?: string | null } | null
  }
  targetResources?:
    | {
        id?: string | null
        displayName?: string | null
        userPrincipalName?: string | null
        modifiedProperties?: { displayName?: string | null }[] | null
      }[]
    | null
}

/** Of each object, the newest: what lies further back has been overwritten. */
const MOST_EVENTS = 500
const MISSING = 'AuditLog.Read.All is missing'

/**
 * The changes with who made each, where the log has it.
 * @param ownAppId client id that the stack itself runs as
 */
export async function withOrigins(graph: Graph, changes: Change[], ownAppId: string | undefined): Promise<Told> {
  try {
    const found = new Map<string, AuditEvent[]>()
    for (const id of new Set(changes.flatMap(principalOf))) found.set(id, await eventsOf(graph, id))
    const told = changes.map((change) => {
      const events = principalOf(change).flatMap((id) => found.get(id) ?? [])
      return explained(change, events, ownAppId)
    })
    return { changes: told, unknown: null }
  } catch (error) {
    return { changes, unknown: missesPermission(error) ? MISSING : firstLine((error as Error).message) }
  }
}

const principalOf = ({ id, type }: Change): string[] =>
  id !== undefined && type.startsWith('entrasync:') && /^\/?servicePrincipals\//i.test(id)
    ? [servicePrincipalIdOf(id)]
    : []

/** Of a service principal and of its application, the newest first. */
async function eventsOf(graph: Graph, servicePrincipalId: string): Promise<AuditEvent[]> {
  const applicationId = await applicationOf(graph, servicePrincipalId)
  const lists = [servicePrincipalId, applicationId].map((id) => (id ? eventsAbout(graph, id) : []))
  const events = (await Promise.all(lists)).flat()
  return events.sort((a, b) => (a.activityDateTime < b.activityDateTime ? 1 : -1))
}

async function eventsAbout(graph: Graph, id: string): Promise<AuditEvent[]> {
  const $filter = `targetResources/any(t:t/id eq ${literal(id)})`
  const path = `/auditLogs/directoryAudits${query({ $filter, $orderby: 'activityDateTime desc', $top: 100 })}`
  const events: AuditEvent[] = []
  for await (const event of graph.list<AuditEvent>(path)) {
    events.push(event)
    if (events.length === MOST_EVENTS) break
  }
  return events
}

/** Undefined where either is gone: then the log tells of the service principal. */
async function applicationOf(graph: Graph, servicePrincipalId: string): Promise<string | undefined> {
  const principal = await graph
    .get<{ appId: string }>(`/servicePrincipals/${servicePrincipalId}${query({ $select: 'appId' })}`)
    .catch(() => undefined)
  if (!principal) return undefined
  const $filter = `appId eq ${literal(principal.appId)}`
  const { value } = await graph.get<{ value: { id: string }[] }>(`/applications${query({ $filter, $select: 'id' })}`)
  return value[0]?.id
}

/** @param events the newest first */
export function explained(change: Change, events: readonly AuditEvent[], ownAppId?: string): Change {
  const originOf = (event: AuditEvent | undefined): { origin?: Origin } =>
    event
      ? {
          origin: {
            at: event.activityDateTime,
            by: initiatorOf(event, ownAppId),
            activity: event.activityDisplayName,
          },
        }
      : {}
  const kind = change.type.split(':').at(-1)!
  if (change.op === 'delete') {
    return { ...change, ...originOf(events.find(({ activityDisplayName }) => GONE[kind]?.test(activityDisplayName))) }
  }
  const properties = change.properties.map((property) => ({
    ...property,
    ...originOf(newest(kind, property, events)),
  }))
  return { ...change, properties }
}

/** Activities by which a resource goes. Source: Microsoft Entra, "Audit log activities". */
const GONE: Readonly<Record<string, RegExp>> = {
  GalleryApplication: /^(Remove service principal|(Hard )?Delete application)$/,
  ProvisioningJob: /^(Delete provisioning configuration|Remove service principal|(Hard )?Delete application)$/,
  AppRoleAssignments: /^(Remove service principal|(Hard )?Delete application)$/,
}

/** Activities by which a property changes; the same source, and "When will provisioning finish", audit logs. */
const ACTIVITIES: Readonly<Record<string, [property: RegExp, activity: RegExp][]>> = {
  ProvisioningJob: [
    [/^scope$/, /^Update (provisioning setting or credentials|attribute mappings or scope)$/],
    [/^(additionalMappings|scopingFilters|groupMapping|mappingDrift)/, /^Update attribute mappings or scope$/],
    [/^(status|quarantine)/, /^(Enable|Disable)\/\w+ provisioning( configuration)?$/],
    [/./, /^Update provisioning setting or credentials$/],
  ],
  GalleryApplication: [
    [/^owners/, /^(Add|Remove) owner (to|from) /],
    [/./, /^Update (service principal|application)$/],
  ],
  AppRoleAssignments: [[/./, /^(Add|Remove) app role assignment /]],
}

/** What the directory calls a property that is named otherwise here. */
const DIRECTORY_NAME: Readonly<Record<string, string>> = {
  assignmentRequired: 'approleassignmentrequired',
  hidden: 'tags',
}

function newest(kind: string, property: PropertyChange, events: readonly AuditEvent[]): AuditEvent | undefined {
  const activity = ACTIVITIES[kind]?.find(([path]) => path.test(property.path))?.[1]
  if (!activity) return undefined
  const candidates = events.filter(({ activityDisplayName }) => activity.test(activityDisplayName))
  if (kind === 'AppRoleAssignments') return candidates.find((event) => isAbout(event, property))
  if (kind !== 'GalleryApplication') return candidates[0]
  const name = DIRECTORY_NAME[property.path] ?? property.path.toLowerCase()
  const named = candidates.find(({ targetResources }) =>
    targetResources?.some(({ modifiedProperties }) =>
      modifiedProperties?.some(({ displayName }) => displayName?.toLowerCase() === name),
    ),
  )
  return named ?? candidates[0]
}

/** Whether somebody got or lost a role who is named in the property's old or new value. */
function isAbout({ activityDisplayName, targetResources }: AuditEvent, { before, after }: PropertyChange): boolean {
  const verb = after === undefined ? 'Remove' : before === undefined ? 'Add' : ''
  const names = [before, after].filter((name) => typeof name === 'string').map((name) => name.toLowerCase())
  return (
    activityDisplayName.startsWith(verb) &&
    (targetResources ?? []).some(({ id, displayName, userPrincipalName }) =>
      [id, displayName, userPrincipalName].some((name) => name && names.includes(name.toLowerCase())),
    )
  )
}

function initiatorOf({ initiatedBy: { user, app } }: AuditEvent, ownAppId: string | undefined): string {
  if (user) return user.userPrincipalName ?? user.displayName ?? user.id ?? 'a user'
  const name = app?.displayName ?? app?.appId ?? app?.servicePrincipalId
  if (!name) return 'nobody who is named'
  const own = ownAppId !== undefined && app?.appId === ownAppId
  return `application '${name}'${own ? ', which the stack runs as' : ''}`
}

const firstLine = (text: string) => text.split('\n', 1)[0]!
