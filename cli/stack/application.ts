import { literal, query } from '../../provider/graph/odata.ts'
import { SERVICE_PRINCIPAL_FIELDS, type ServicePrincipal } from '../../provider/resources/common/graphTypes.ts'
import { isMarkerOfStack } from '../../provider/resources/common/marker.ts'
import { type Job, listJobs } from '../../provider/resources/provisioningJob/job.ts'
import { PROJECT } from '../local/folder.ts'
import type { Tenant } from './tenant.ts'

/** The resource that is a stack's application, as the program of `index.ts` names it. */
export function applicationUrn(stack: string): string {
  const types = ['entrada:index:TenantProvisioning', 'entrada:index:GalleryApp', 'entrasync:index:GalleryApplication']
  return `urn:pulumi:${stack}::${PROJECT}::${types.join('$')}::tenant-app`
}

/** What a stack has in its tenant; no job before the first update got that far. */
export interface Application {
  servicePrincipal: ServicePrincipal
  job: Job | undefined
}

/**
 * The application that the stack made, by the mark on it, else the only one of that name; undefined when there is none.
 * @throws when several carry the name and none the mark
 */
export async function findServicePrincipal({ stack, config, graph }: Tenant): Promise<ServicePrincipal | undefined> {
  const displayName = config.displayName ?? config.application
  const options = { $filter: `displayName eq ${literal(displayName)}`, $select: SERVICE_PRINCIPAL_FIELDS }
  const named = await graph.collect<ServicePrincipal>(`/servicePrincipals${query(options)}`)
  return named.find(({ tags }) => tags.some((tag) => isMarkerOfStack(tag, applicationUrn(stack)))) ?? only(named)
}

/** The same with its job. */
export async function findApplication(tenant: Tenant): Promise<Application | undefined> {
  const servicePrincipal = await findServicePrincipal(tenant)
  if (!servicePrincipal) return undefined
  const jobs = await listJobs(tenant.graph, servicePrincipal.id)
  return { servicePrincipal, job: jobs[0] }
}

function only(named: readonly ServicePrincipal[]): ServicePrincipal | undefined {
  if (named.length <= 1) return named[0]
  const ids = named.map(({ id }) => id).join(', ')
  throw new Error(
    `the tenant has ${named.length} applications '${named[0]!.displayName}', none made by this stack: ${ids}`,
  )
}
