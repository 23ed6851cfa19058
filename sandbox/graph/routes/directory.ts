import { ACCESS } from '../access.ts'
import { isTexts } from '../body.ts'
import { badRequest, notFound } from '../errors.ts'
import { type Call, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { objectView } from '../shape/objects.ts'

const GET_BY_IDS_LIMIT = 1000

export const directoryRoutes: Route[] = [
  { method: 'POST', pattern: '/directoryObjects/getByIds', access: ACCESS.readObjects, handler: getByIds, reads: true },
  { method: 'GET', pattern: '/directoryObjects/:id', access: ACCESS.readObjects, handler: getObject },
]

function getObject(call: Call): GraphResponse {
  const view = objectView(call, call.params.id!, call.request.query.get('$select'))
  if (!view) throw notFound(call.params.id!)
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...view })
}

/** Ids that are unknown are absent from the answer, and so are types (Graph: directoryObject: getByIds). */
function getByIds(call: Call): GraphResponse {
  const { ids, types = ['directoryObject'] } = call.json()
  if (!isTexts(ids) || ids.length > GET_BY_IDS_LIMIT) {
    throw badRequest(`Invalid value specified for property 'ids': a list of at most ${GET_BY_IDS_LIMIT} object ids.`)
  }
  if (!isTexts(types))
    throw badRequest("Invalid value specified for property 'types': a list such as ['user','group'].")
  const wanted = new Set(types.map((type) => `#microsoft.graph.${type}`))
  const takesAll = types.includes('directoryObject')
  const selected = call.request.query.get('$select')
  const value = ids.flatMap((id) => {
    const view = objectView(call, id.toLowerCase(), selected)
    return view && (takesAll || wanted.has(view['@odata.type'] as string)) ? [view] : []
  })
  return ok({ '@odata.context': call.context('directoryObjects'), value })
}
