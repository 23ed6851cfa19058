import { ACCESS } from '../../access.ts'
import { badRequest, GraphFailure } from '../../errors.ts'
import { following } from '../../odata/page.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { DELTA_KINDS, type DeltaKind, untracked } from './kinds.ts'
import { type DeltaState, idsIn, linkWith, readState, tokenOf } from './token.ts'

const PAGE = 100
const REFUSED = ['$top', '$orderby', '$expand', '$search', '$skip']
const ACCESS_TO = {
  users: ACCESS.readUsersFully,
  groups: ACCESS.readGroups,
  servicePrincipals: ACCESS.readApplications,
}

/** Change tracking (Graph: use delta query to track changes in Microsoft Graph data). */
export const deltaRoutes: Route[] = DELTA_KINDS.map((kind) => ({
  method: 'GET',
  pattern: `/${kind.set}/delta`,
  access: ACCESS_TO[kind.set],
  handler: (call) => answer(call, kind),
}))

function answer(call: Call, kind: DeltaKind): GraphResponse {
  const token = tokenOf(call)
  if (token === undefined) return page(call, kind, firstState(call, kind))
  if (token.toLowerCase() === 'latest') return latest(call, kind)
  const state = readState(call, token, kind.set, kind.lasts)
  const isNewRound = !call.request.query.has('$skiptoken')
  return page(call, kind, isNewRound && state.since !== null ? { ...state, began: state.since } : state)
}

function firstState(call: Call, kind: DeltaKind): DeltaState {
  const { query } = call.request
  const refused = REFUSED.find((name) => query.has(name))
  if (refused) throw badRequest(`'${refused}' is not supported by delta queries.`)
  const selected = query.get('$select')?.replaceAll(' ', '') ?? null
  if (selected && untracked(kind, selected)) {
    throw new GraphFailure(501, 'NotImplemented', 'This operation target is not yet supported.')
  }
  return {
    set: kind.set,
    epoch: call.tenant.deltas.epoch,
    at: call.clock.now(),
    select: selected,
    ids: query.get('$filter') ? idsIn(query.get('$filter')!) : null,
    began: kind.revision(call),
    since: null,
  }
}

/** Nothing but a link to what changes from now on. */
function latest(call: Call, kind: DeltaKind): GraphResponse {
  const state = firstState(call, kind)
  return reply(call, kind, state, [], { '@odata.deltaLink': deltaLink(call, state, state.began) })
}

function page(call: Call, kind: DeltaKind, state: DeltaState): GraphResponse {
  return state.since === null ? everything(call, kind, state) : changes(call, kind, state, state.since)
}

/** The first round, page by page; what changes meanwhile is told in the next. */
function everything(call: Call, kind: DeltaKind, state: DeltaState): GraphResponse {
  const wanted = state.ids && new Set(state.ids)
  const all = kind.objects(call).values()
  const found = []
  for (const object of state.after ? following(all, state.after, ({ id }) => id) : all) {
    if (object.deletedDateTime === null && (!wanted || wanted.has(object.id))) found.push(object)
    if (found.length > PAGE) break
  }
  const shown = found.slice(0, PAGE)
  const entries = shown.flatMap((object) => kind.entries(call, object, state))
  if (found.length <= PAGE) {
    return reply(call, kind, state, entries, { '@odata.deltaLink': deltaLink(call, state, state.began) })
  }
  // The place in the whole collection is found by the id; where that is gone, what was told is told again.
  const after = { count: 0, id: shown.at(-1)!.id }
  return reply(call, kind, state, entries, { '@odata.nextLink': linkWith(call, '$skiptoken', { ...state, after }) })
}

function changes(call: Call, kind: DeltaKind, state: DeltaState, since: number): GraphResponse {
  const all = kind.changed(call, since).filter(({ id }) => state.ids === null || state.ids.includes(id))
  const shown = all.slice(0, PAGE)
  const entries = shown.flatMap(({ id }) => {
    const object = kind.objects(call).get(id)
    if (!object) return [{ id, '@removed': { reason: 'deleted' } }]
    if (object.deletedDateTime !== null) return [{ id, '@removed': { reason: 'changed' } }]
    return kind.entries(call, object, state)
  })
  const link =
    all.length > PAGE
      ? { '@odata.nextLink': linkWith(call, '$skiptoken', { ...state, since: shown.at(-1)!.revision }) }
      : { '@odata.deltaLink': deltaLink(call, state, kind.revision(call)) }
  return reply(call, kind, state, entries, link)
}

/** A token of the round that comes. */
function deltaLink(call: Call, state: DeltaState, since: number): string {
  const { epoch } = call.tenant.deltas
  return linkWith(call, '$deltatoken', { ...state, epoch, at: call.clock.now(), began: since, since, after: undefined })
}

function reply(call: Call, kind: DeltaKind, { select }: DeltaState, value: unknown[], link: object): GraphResponse {
  return ok({ '@odata.context': call.context(select ? `${kind.set}(${select})` : kind.set), ...link, value })
}
