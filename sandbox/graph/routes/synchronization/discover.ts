import type { DirectoryDefinition } from '../../../../sync/schema.ts'
import { ACCESS } from '../../access.ts'
import { badRequest, GraphFailure, notFound } from '../../errors.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { requireJob } from './jobs.ts'
import { nextVersion, schemaInForce } from './schema.ts'

export const discoverRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/servicePrincipals/:id/synchronization/jobs/:jobId/schema/directories/:directoryId/discover',
    access: ACCESS.discover,
    handler: discover,
  },
]

/**
 * What the provisioning service does: asks the target for its SCIM `/Schemas`.
 * @returns the directory with what the target has beside what was known; nothing known goes
 */
export type DiscoverDirectory = (jobId: string, directory: DirectoryDefinition) => Promise<DirectoryDefinition>

/** Kept in the job's schema; mappings stay as they are, so that nothing is read again (Graph: directoryDefinition: discover). */
async function discover(call: Call): Promise<GraphResponse> {
  const job = requireJob(call)
  const { directoryId } = call.params
  const schema = schemaInForce(call)
  const directories = (schema.directories ?? []) as DirectoryDefinition[]
  const before = directories.find(({ id }) => id === directoryId)
  if (!before) throw notFound(directoryId!)
  if (before.discoverabilities === 'None') throw badRequest(`Directory '${before.name}' does not support discovery.`)
  const { discoverDirectory } = call.provisioning as { discoverDirectory?: DiscoverDirectory }
  if (!discoverDirectory) throw new GraphFailure(501, 'NotImplemented', 'This operation target is not yet supported.')
  const found = { ...(await discoverDirectory(job.id, before)), discoveryDateTime: `${call.nowIso().slice(0, 19)}Z` }
  const changed = {
    ...schema,
    version: nextVersion(schema.version),
    directories: directories.map((one) => (one === before ? found : one)),
  }
  call.tenant.jobs.put(job.id, { ...job, schema: changed })
  const context = `servicePrincipals('${call.params.id}')/synchronization/jobs('${job.id}')/schema/directories/$entity`
  return ok({ '@odata.context': call.context(context), ...found })
}
