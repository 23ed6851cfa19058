import { type Graph, isNotFound } from '../../graph/client.ts'
import { isObjectId, literal, query } from '../../graph/odata.ts'
import {
  APP_FIELDS,
  type App,
  SERVICE_PRINCIPAL_FIELDS,
  type ServicePrincipal,
  type Template,
} from '../common/graphTypes.ts'
import type { GalleryApplicationInputs as Inputs } from './inputs.ts'

/** Entra shows no tile on the user's start page for an application with this tag. */
export const HIDE_APP = 'HideApp'

/** Both halves of an enterprise application. */
export interface Instance {
  app: App
  servicePrincipal: ServicePrincipal
}

/** By `/servicePrincipals/{id}`, `/applications/{id}`, or an object id or client id alone. */
export async function lookUp(graph: Graph, id: string): Promise<Instance | null> {
  const [, kind, given] = /^\/?(servicePrincipals|applications)\/([^/]+)$/i.exec(id) ?? [undefined, '', id]
  if (!given || !isObjectId(given)) {
    throw new Error(
      `'${id}' is not the id of an application: use /servicePrincipals/{object id} or /applications/{object id}`,
    )
  }
  const isApplication = kind?.toLowerCase() === 'applications'
  const principal = isApplication
    ? undefined
    : await optional<ServicePrincipal>(
        graph,
        `/servicePrincipals/${given}${query({ $select: SERVICE_PRINCIPAL_FIELDS })}`,
      )
  if (principal) {
    const app = await first<App>(graph, 'applications', `appId eq ${literal(principal.appId)}`, APP_FIELDS)
    return app ? { app, servicePrincipal: principal } : null
  }
  if (kind?.toLowerCase() === 'serviceprincipals') return null
  const app = await optional<App>(graph, `/applications/${given}${query({ $select: APP_FIELDS })}`)
  if (!app) return null
  const own = await first<ServicePrincipal>(
    graph,
    'servicePrincipals',
    `appId eq ${literal(app.appId)}`,
    SERVICE_PRINCIPAL_FIELDS,
  )
  return own ? { app, servicePrincipal: own } : null
}

async function optional<T>(graph: Graph, path: string): Promise<T | undefined> {
  try {
    return await graph.get<T>(path)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function first<T>(graph: Graph, set: string, $filter: string, $select: string): Promise<T | undefined> {
  return (await graph.get<{ value: T[] }>(`/${set}${query({ $filter, $select })}`)).value[0]
}

/** What a program would have to say to get what is there; what was said before is kept where it still holds. */
export async function inputsOf(
  graph: Graph,
  prior: Inputs | undefined,
  priorTemplateId: string | undefined,
  { app, servicePrincipal }: Instance,
  templateId: string,
): Promise<Inputs> {
  const [template, owners] = await Promise.all([
    optional<Template>(graph, `/applicationTemplates/${templateId}${query({ $select: 'id,displayName' })}`),
    prior?.owners && remainingOwners(graph, servicePrincipal.id, prior.owners),
  ])
  const templateName = template?.displayName ?? templateId
  const followsTemplate = prior?.displayName === undefined && app.displayName === templateName
  return {
    template: prior && priorTemplateId === templateId ? prior.template : templateName,
    ...(followsTemplate ? {} : { displayName: app.displayName }),
    assignmentRequired: servicePrincipal.appRoleAssignmentRequired,
    hidden: servicePrincipal.tags.includes(HIDE_APP),
    ...(servicePrincipal.notes ? { notes: servicePrincipal.notes } : {}),
    ...(owners ? { owners } : {}),
    adoptExisting: prior?.adoptExisting ?? false,
    purgeOnDelete: prior?.purgeOnDelete ?? false,
  }
}

async function remainingOwners(graph: Graph, servicePrincipalId: string, owners: readonly string[]): Promise<string[]> {
  const there = await graph.collect<{ id: string; userPrincipalName?: string }>(
    `/servicePrincipals/${servicePrincipalId}/owners`,
  )
  const names = new Set(there.flatMap(({ id, userPrincipalName }) => [id, (userPrincipalName ?? '').toLowerCase()]))
  return owners.filter((owner) => names.has(owner.toLowerCase()))
}
