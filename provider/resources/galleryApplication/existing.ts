import { type Graph, isBlankUnauthorized, isNotFound, WaitTimeout } from '../../graph/client.ts'
import { literal, query } from '../../graph/odata.ts'
import {
  APP_FIELDS,
  type App,
  SERVICE_PRINCIPAL_FIELDS,
  type ServicePrincipal,
  type Template,
} from '../common/graphTypes.ts'
import { nameOf } from '../common/ids.ts'
import { isMarker, markerOf } from '../common/marker.ts'

/** An application of one template and name, with what was found below it. */
export interface Existing {
  app: App
  servicePrincipal: ServicePrincipal | undefined
  jobs: number
  assignments: number
}

export type Verdict =
  | { take: Existing & { servicePrincipal: ServicePrincipal }; created: boolean }
  | { refuse: string }
  | { nothing: true }

/** Applications and service principals of that display name, still of any template. */
export async function listNamed(
  graph: Graph,
  displayName: string,
): Promise<{ apps: App[]; principals: ServicePrincipal[] }> {
  const $filter = `displayName eq ${literal(displayName)}`
  const [apps, principals] = await Promise.all([
    graph.collect<App>(`/applications${query({ $filter, $select: APP_FIELDS })}`),
    graph.collect<ServicePrincipal>(`/servicePrincipals${query({ $filter, $select: SERVICE_PRINCIPAL_FIELDS })}`),
  ])
  return { apps, principals }
}

/** Those of the template, looked into as far as is needed to tell a bare one from one in use. */
export async function inspect(
  graph: Graph,
  template: Template,
  { apps, principals }: Awaited<ReturnType<typeof listNamed>>,
): Promise<Existing[]> {
  return Promise.all(
    apps
      .filter((app) => app.applicationTemplateId === template.id)
      .map(async (app) => {
        const servicePrincipal = principals.find(({ appId }) => appId === app.appId) ?? (await replicated(graph, app))
        if (!servicePrincipal) return { app, servicePrincipal, jobs: 0, assignments: 0 }
        const path = `/servicePrincipals/${servicePrincipal.id}`
        const [jobs, assignments] = await Promise.all([
          countOf(graph, `${path}/synchronization/jobs`),
          countOf(graph, `${path}/appRoleAssignedTo`),
        ])
        return { app, servicePrincipal, jobs, assignments }
      }),
  )
}

/** Milliseconds after which an application without service principal has lost it. */
const YOUNG = 120_000

/** The service principal of an application that was made a moment ago, once the directory lists it too. */
async function replicated(graph: Graph, { appId, createdDateTime }: App): Promise<ServicePrincipal | undefined> {
  const left = Date.parse(createdDateTime ?? '') + YOUNG - graph.now()
  if (!(left > 0)) return undefined
  const path = `/servicePrincipals${query({ $filter: `appId eq ${literal(appId)}`, $select: SERVICE_PRINCIPAL_FIELDS })}`
  try {
    return await graph.waitFor<ServicePrincipal>({
      what: `the service principal of application ${appId} to be listed`,
      timeout: left,
      check: async () => {
        const [found] = await graph.collect<ServicePrincipal>(path)
        return found ? { done: true, value: found } : { done: false, seen: 'none' }
      },
    })
  } catch (error) {
    if (error instanceof WaitTimeout) return undefined
    throw error
  }
}

async function countOf(graph: Graph, path: string): Promise<number> {
  try {
    return (await graph.get<{ value: unknown[] }>(path)).value.length
  } catch (error) {
    // Before its first job a service principal may have no synchronization at all, and just after instantiation answers 401.
    if (isNotFound(error) || isBlankUnauthorized(error)) return 0
    throw error
  }
}

/** Instantiating cannot be repeated, so what an interrupted run left is taken over; what others made is not. */
export function judge(found: readonly Existing[], urn: string, template: Template, adoptExisting: boolean): Verdict {
  const ours = found.find(({ servicePrincipal }) => servicePrincipal?.tags.includes(markerOf(urn)))
  if (isWhole(ours)) return { take: ours, created: true }
  const bare = found.find(isBare)
  if (isWhole(bare)) return { take: bare, created: true }
  if (found.length === 0) return { nothing: true }
  const [only] = found
  if (adoptExisting && found.length === 1 && isWhole(only)) return { take: only, created: false }
  return { refuse: refusal(found, urn, template, adoptExisting) }
}

function isWhole(existing: Existing | undefined): existing is Existing & { servicePrincipal: ServicePrincipal } {
  return existing?.servicePrincipal !== undefined
}

function isBare({ servicePrincipal, jobs, assignments }: Existing): boolean {
  return servicePrincipal !== undefined && !servicePrincipal.tags.some(isMarker) && jobs === 0 && assignments === 0
}

function refusal(found: readonly Existing[], urn: string, template: Template, adoptExisting: boolean): string {
  const name = found[0]!.app.displayName
  const lines = found.map(({ app, servicePrincipal, jobs, assignments }) => {
    if (!servicePrincipal)
      return `- client id ${app.appId}: its service principal was deleted; restore it, or delete the application`
    const other = servicePrincipal.tags.some(isMarker) ? ', managed by another stack' : ''
    return `- service principal ${servicePrincipal.id}, client id ${app.appId}: ${jobs} provisioning jobs, ${assignments} assignments${other}`
  })
  const whole = found.filter(isWhole)
  const choices = [
    ...whole.map(
      ({ servicePrincipal }) =>
        `take it over as it is: npx entrada adopt (docs/adopt.md), or in a program of your own pulumi import entrasync:index:GalleryApplication ${nameOf(urn)} /servicePrincipals/${servicePrincipal.id}`,
    ),
    ...(whole.length === 1 && !adoptExisting
      ? ['manage it from here without ever deleting it: adoptExisting: true']
      : []),
    'make a second one beside it: another displayName',
  ]
  return [
    `The tenant already has ${found.length === 1 ? 'an application' : `${found.length} applications`} '${name}' of the gallery template '${template.displayName}':`,
    ...lines,
    'Choose one:',
    ...choices.map((choice) => `- ${choice}`),
  ].join('\n')
}
