import { ACCESS } from '../access.ts'
import { badRequest, notFound } from '../errors.ts'
import { type Call, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { objectView } from '../shape/objects.ts'

/** The one POST that reads. */
export const GET_BY_IDS = '/directoryObjects/getByIds'
const GET_BY_IDS_LIMIT = 1000

export const directoryRoutes: Route[] = [
  { method: 'POST', pattern: GET_BY_IDS, access: ACCESS.readObjects, handler: getByIds },
  { method: 'GET', pattern: '/directoryObjects/:id', access: ACCESS.readObjects, handler: getObject },
]

function getObject(call: Call): GraphResponse {
  const view = objectView(call.tenant, call.params.id!, call.request.query.get('$select'))
  if (!view) throw notFound(call.params.id!)
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...view })
}

/** Ids that are unknown are absent from the answer (Graph: directoryObject: getByIds). */
function getByIds(call: Call): GraphResponse {
  const { ids, types } = call.json() as { ids?: string[]; types?: string[] }
  if (!Array.isArray(ids) || ids.length > GET_BY_IDS_LIMIT) {
    throw badRequest(`Invalid value specified for property 'ids': a list of 1 to ${GET_BY_IDS_LIMIT} object ids.`)
  }
  const wanted = types && new Set(types.map((type) => `#microsoft.graph.${type}`))
  const selected = call.request.query.get('$select')
  const value = ids.flatMap((id) => {
    const view = objectView(call.tenant, String(id), selected)
    return view && (!wanted || wanted.has(view['@odata.type'] as string)) ? [view] : []
  })
  return ok({ '@odata.context': call.context('directoryObjects'), value })
}
