import { type Graph, GraphError, isNotFound, WaitTimeout } from '../../graph/client.ts'
import { changesBetween } from '../common/changes.ts'
import { checkInputs } from '../common/check.ts'
import type { App, ServicePrincipal, Template } from '../common/graphTypes.ts'
import { isMarker, markerOf } from '../common/marker.ts'
import { type Context, Incomplete, type MaybeUnknown, type Resource, UNKNOWN } from '../resource.ts'
import { inspect, judge, listNamed, type Verdict } from './existing.ts'
import {
  galleryApplicationSchema,
  type GalleryApplicationInputs as Inputs,
  type GalleryApplicationOutputs as Outputs,
} from './inputs.ts'
import { changeOwners, resolveOwners } from './owners.ts'
import { HIDE_APP, type Instance, inputsOf, lookUp } from './read.ts'
import { gone, readable, whenPresent } from './settle.ts'
import { findTemplate } from './template.ts'

export const galleryApplication: Resource<Inputs, Outputs> = {
  token: 'entrasync:index:GalleryApplication',
  secretOutputs: [],
  check: (news) => checkInputs<Inputs>(galleryApplicationSchema, news),

  diff(olds, news) {
    return { changes: changesBetween({ ...olds.inputs }, news as object as Record<string, unknown>, ['template']) }
  },

  async preview(news, olds, context) {
    const unknown: MaybeUnknown<Outputs> = UNKNOWN_OUTPUTS
    if (news === UNKNOWN) return unknown
    if (olds && !('template' in this.diff(olds, news).changes)) {
      const renamed = news.displayName !== olds.inputs.displayName
      return { ...pick(olds.outputs), ...(renamed ? { displayName: news.displayName ?? UNKNOWN } : {}) }
    }
    if (news.template === UNKNOWN) return unknown
    const graph = context.graph.during(context.signal)
    const name = news.displayName === UNKNOWN ? undefined : (news.displayName ?? news.template)
    const [template, named] = await Promise.all([
      findTemplate(graph, news.template),
      name ? listNamed(graph, name) : NONE,
    ])
    const displayName = news.displayName === UNKNOWN ? UNKNOWN : (news.displayName ?? template.displayName)
    const verdict = judge(await inspect(graph, template, named), context.urn, template, news.adoptExisting === true)
    if ('refuse' in verdict) throw new Error(verdict.refuse)
    if ('take' in verdict) {
      const { app, servicePrincipal } = verdict.take
      return { ...outputsOf(template.id, app.displayName, app, servicePrincipal, verdict.created), displayName }
    }
    return { ...UNKNOWN_OUTPUTS, templateId: template.id, displayName: displayName ?? UNKNOWN }
  },

  async create(news, context) {
    const graph = context.graph.during(context.signal)
    const [template, named, owners] = await Promise.all([
      findTemplate(graph, news.template),
      listNamed(graph, news.displayName ?? news.template),
      resolveOwners(graph, news.owners ?? []),
    ])
    const displayName = news.displayName ?? template.displayName
    const verdict = await verdictOn(graph, template, displayName, named, news, context)
    if ('refuse' in verdict) throw new Error(verdict.refuse)
    if ('take' in verdict)
      context.log('info', `takes over application ${verdict.take.app.appId}, which is already there`)
    const { app, servicePrincipal } =
      'take' in verdict ? verdict.take : await instantiate(graph, template, displayName, context)
    const created = !('take' in verdict) || verdict.created
    const outputs = outputsOf(template.id, displayName, app, servicePrincipal, created)
    const id = `/servicePrincipals/${servicePrincipal.id}`
    try {
      await apply(graph, news, displayName, app, servicePrincipal, created ? markerOf(context.urn) : undefined)
      await changeOwners(graph, [`/applications/${app.id}`, id], owners, [])
    } catch (error) {
      throw new Incomplete(id, outputs, [(error as Error).message])
    }
    return { id, outputs }
  },

  async read(state, context) {
    const graph = context.graph.during(context.signal)
    const found = await lookUp(graph, state.id)
    if (!found) return null
    const { app, servicePrincipal } = found
    const templateId = servicePrincipal.applicationTemplateId ?? app.applicationTemplateId ?? ''
    const created = state.outputs?.created ?? servicePrincipal.tags.includes(markerOf(context.urn))
    const inputs = await inputsOf(graph, state.inputs, state.outputs?.templateId, found, templateId)
    return {
      id: `/servicePrincipals/${servicePrincipal.id}`,
      inputs,
      outputs: outputsOf(templateId, app.displayName, app, servicePrincipal, created),
    }
  },

  async update(olds, news, context) {
    const graph = context.graph.during(context.signal)
    const { applicationObjectId, servicePrincipalId, templateId, created } = olds.outputs
    const removed = (olds.inputs.owners ?? []).filter((owner) => !news.owners?.includes(owner))
    const [[app, servicePrincipal], owners, formerOwners] = await Promise.all([
      readable(graph, applicationObjectId, servicePrincipalId),
      resolveOwners(graph, news.owners ?? []),
      resolveOwners(graph, removed),
    ])
    const displayName =
      news.displayName ?? (await graph.get<Template>(`/applicationTemplates/${templateId}`)).displayName
    await apply(graph, news, displayName, app, servicePrincipal, created ? markerOf(context.urn) : undefined)
    const objects = [`/applications/${app.id}`, `/servicePrincipals/${servicePrincipal.id}`]
    await changeOwners(graph, objects, owners, formerOwners)
    return outputsOf(templateId, displayName, app, servicePrincipal, created)
  },

  async delete({ inputs, outputs }, context) {
    const graph = context.graph.during(context.signal)
    const { applicationObjectId, servicePrincipalId, created } = outputs
    if (!created) {
      context.log('info', `application ${outputs.clientId} was there before and is left in place`)
      return
    }
    await removing(() => graph.delete(`/applications/${applicationObjectId}`))
    const path = `/servicePrincipals/${servicePrincipalId}`
    if (!(await gone(graph, path, CASCADE))) {
      await removing(() => graph.delete(path))
      await gone(graph, path, CASCADE)
    }
    if (inputs.purgeOnDelete && !(await purge(graph, applicationObjectId))) {
      context.log(
        'warning',
        `application ${outputs.clientId} did not appear in the deleted items, so it was not purged`,
      )
    }
  },
}

/** Milliseconds that the service principal may take to follow its application. */
const CASCADE = 15_000
/** Milliseconds that a deleted application may take to appear in the deleted items. */
const PURGE = 20_000
/** Milliseconds that an application whose answer was lost may take to be listed. */
const LOST = 15_000
const NONE = { apps: [], principals: [] }
const UNKNOWN_OUTPUTS: MaybeUnknown<Outputs> & object = {
  displayName: UNKNOWN,
  templateId: UNKNOWN,
  applicationObjectId: UNKNOWN,
  clientId: UNKNOWN,
  servicePrincipalId: UNKNOWN,
  appRoles: UNKNOWN,
  created: UNKNOWN,
}

async function verdictOn(
  graph: Graph,
  template: Template,
  displayName: string,
  named: Awaited<ReturnType<typeof listNamed>>,
  news: Inputs,
  context: Context,
): Promise<Verdict> {
  // A template given by its id has another name than was looked for.
  const sameName = displayName === (news.displayName ?? news.template)
  const found = await inspect(graph, template, sameName ? named : await listNamed(graph, displayName))
  return judge(found, context.urn, template, news.adoptExisting)
}

/** Asked for once only; when the answer is lost, the application may have been made all the same. */
async function instantiate(graph: Graph, template: Template, displayName: string, context: Context): Promise<Instance> {
  context.progress(`creating the application '${displayName}' from the gallery`)
  try {
    const made = await graph.post<{ application: { id: string }; servicePrincipal: { id: string } }>(
      `/applicationTemplates/${template.id}/instantiate`,
      { displayName },
    )
    const [app, servicePrincipal] = await readable(graph, made.application.id, made.servicePrincipal.id)
    return { app, servicePrincipal }
  } catch (error) {
    const refused = error instanceof GraphError && error.status < 500 && error.status !== 404
    const lost = refused ? undefined : await findLost(graph, template, displayName, context.urn)
    if (!lost) throw error
    const [app, servicePrincipal] = await readable(graph, lost.app.id, lost.servicePrincipal.id)
    return { app, servicePrincipal }
  }
}

/** What instantiating made although its answer says otherwise; the directory may need a moment to list it. */
async function findLost(
  graph: Graph,
  template: Template,
  displayName: string,
  urn: string,
): Promise<Instance | undefined> {
  try {
    return await graph.waitFor<Instance>({
      what: `an application '${displayName}' to appear`,
      timeout: LOST,
      check: async () => {
        const found = await inspect(graph, template, await listNamed(graph, displayName))
        const verdict = judge(found, urn, template, false)
        return 'take' in verdict ? { done: true, value: verdict.take } : { done: false, seen: 'none' }
      },
    })
  } catch (error) {
    if (error instanceof WaitTimeout) return undefined
    throw error
  }
}

/** Writes what differs. Tags are one list that is written whole, so foreign ones are repeated. */
async function apply(
  graph: Graph,
  inputs: Inputs,
  displayName: string,
  app: App,
  principal: ServicePrincipal,
  marker: string | undefined,
): Promise<void> {
  const tags = principal.tags.filter((tag) => tag !== HIDE_APP && !(marker && isMarker(tag)))
  if (inputs.hidden) tags.push(HIDE_APP)
  if (marker) tags.push(marker)
  const changes = {
    ...(principal.appRoleAssignmentRequired === inputs.assignmentRequired
      ? {}
      : { appRoleAssignmentRequired: inputs.assignmentRequired }),
    ...(sameSet(tags, principal.tags) ? {} : { tags }),
    ...((principal.notes ?? '') === (inputs.notes ?? '') ? {} : { notes: inputs.notes ?? null }),
    ...(principal.displayName === displayName ? {} : { displayName }),
  }
  await Promise.all([
    Object.keys(changes).length > 0 &&
      whenPresent(graph, `service principal ${principal.id}`, () =>
        graph.patch(`/servicePrincipals/${principal.id}`, changes),
      ),
    app.displayName !== displayName &&
      whenPresent(graph, `application ${app.id}`, () => graph.patch(`/applications/${app.id}`, { displayName })),
  ])
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item))
}

async function removing(remove: () => Promise<void>): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** Deleted objects reach the deleted items with a delay; the service principal leaves them with its application. */
async function purge(graph: Graph, applicationObjectId: string): Promise<boolean> {
  const path = `/directory/deletedItems/${applicationObjectId}`
  try {
    await whenPresent(graph, path, () => graph.delete(path), PURGE)
    return true
  } catch (error) {
    if (error instanceof WaitTimeout) return false
    throw error
  }
}

function outputsOf(
  templateId: string,
  displayName: string,
  app: App,
  principal: ServicePrincipal,
  created: boolean,
): Outputs {
  return {
    displayName,
    templateId,
    applicationObjectId: app.id,
    clientId: app.appId,
    servicePrincipalId: principal.id,
    appRoles: (principal.appRoles ?? []).map(({ id, displayName, value, isEnabled }) => ({
      id,
      displayName,
      value,
      isEnabled,
    })),
    created,
  }
}

/** State holds inputs and outputs together; only the latter are wanted. */
function pick({
  displayName,
  templateId,
  applicationObjectId,
  clientId,
  servicePrincipalId,
  appRoles,
  created,
}: Outputs): Outputs {
  return { displayName, templateId, applicationObjectId, clientId, servicePrincipalId, appRoles, created }
}
