import { FUNCTIONS } from '../../../../sync/expression/functions/index.ts'
import { OPERATORS } from '../../../../sync/scope.ts'
import { ACCESS } from '../../access.ts'
import { notFound } from '../../errors.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { requireJob } from './jobs.ts'
import { schemaInForce } from './schema.ts'

const SCHEMA = '/servicePrincipals/:id/synchronization/jobs/:jobId/schema'
const access = ACCESS.readSynchronization

/** What a mapping can be made of: the directories on either side, functions and operators. */
export const directoryDefinitionRoutes: Route[] = [
  { method: 'GET', pattern: `${SCHEMA}/directories`, access, handler: list },
  { method: 'GET', pattern: `${SCHEMA}/directories/:directoryId`, access, handler: get },
  { method: 'GET', pattern: `${SCHEMA}/functions`, access, handler: functions },
  { method: 'GET', pattern: `${SCHEMA}/filterOperators`, access, handler: filterOperators },
]

const context = (call: Call, what: string) =>
  call.context(`servicePrincipals('${call.params.id}')/synchronization/jobs('${call.params.jobId}')/schema/${what}`)

function list(call: Call): GraphResponse {
  return ok({ '@odata.context': context(call, 'directories'), value: schemaInForce(call).directories ?? [] })
}

function get(call: Call): GraphResponse {
  const { directoryId } = call.params
  const directory = schemaInForce(call).directories?.find(({ id }) => id === directoryId)
  if (!directory) throw notFound(directoryId!)
  return ok({ '@odata.context': context(call, 'directories/$entity'), ...directory })
}

/** By `name`, as samples have it; the metadata keys these by `id`. */
function functions(call: Call): GraphResponse {
  requireJob(call)
  const value = Array.from(FUNCTIONS.values(), ({ name, parameters }) => ({ name, parameters }))
  return ok({ '@odata.context': call.context('Collection(microsoft.graph.attributeMappingFunctionSchema)'), value })
}

function filterOperators(call: Call): GraphResponse {
  requireJob(call)
  const value = Object.entries(OPERATORS).map(([name, { arity, supportedAttributeTypes }]) => ({
    name,
    arity,
    multivaluedComparisonType: 'All',
    supportedAttributeTypes,
  }))
  return ok({ '@odata.context': call.context('Collection(microsoft.graph.filterOperatorSchema)'), value })
}
