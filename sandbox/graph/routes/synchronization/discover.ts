import type { DirectoryDefinition } from '../../../../sync/schema.ts'
import { TargetError } from '../../../provisioning/target/errors.ts'
import { ACCESS } from '../../access.ts'
import { badRequest, notFound } from '../../errors.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { seconds } from '../../shape/directory.ts'
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

/** Kept in the job's schema; mappings stay as they are, so that nothing is read again (Graph: directoryDefinition: discover). */
async function discover(call: Call): Promise<GraphResponse> {
  const job = requireJob(call)
  const { directoryId } = call.params
  const schema = schemaInForce(call)
  const directories = (schema.directories ?? []) as DirectoryDefinition[]
  const before = directories.find(({ id }) => id === directoryId)
  if (!before) throw notFound(directoryId!)
  if (before.discoverabilities === 'None') throw badRequest(`Directory '${before.name}' does not support discovery.`)
  const found = { ...(await ask(call, job.id, before)), discoveryDateTime: seconds(call.nowIso()) }
  const changed = {
    ...schema,
    version: nextVersion(schema.version),
    directories: directories.map((one) => (one === before ? found : one)),
  }
  call.tenant.jobs.put(job.id, { ...job, schema: changed })
  const context = `servicePrincipals('${call.params.id}')/synchronization/jobs('${job.id}')/schema/directories/$entity`
  return ok({ '@odata.context': call.context(context), ...found })
}

async function ask(call: Call, jobId: string, directory: DirectoryDefinition): Promise<DirectoryDefinition> {
  try {
    return await call.provisioning.discoverDirectory(jobId, directory)
  } catch (error) {
    if (error instanceof TargetError) throw badRequest(error.message, error.code)
    throw error
  }
}
