/** A client secret that the application has shown takes the place of the one in the stack's file. */

import { testUnsaved } from '../../provider/resources/provisioningJob/connection.ts'
import { jobPath, parseJobId } from '../../provider/resources/provisioningJob/job.ts'
import { updateStack } from '../engine/update.ts'
import { stackFile } from '../stack/files.ts'
import type { Tenant } from '../stack/tenant.ts'
import { type NewSecret, setClientSecret } from './setting.ts'
import type { Rotated } from './state.ts'

/**
 * Entra tests the secret before anything is changed, so that one that is wrong does no harm.
 * @throws with what was done about it; the secret is in no message
 */
export async function rotateExternal(tenant: Tenant, { job }: Rotated, next: NewSecret): Promise<void> {
  try {
    await replace(tenant, job, next)
  } catch (error) {
    throw new Error((error as Error).message.replaceAll(next.secret, '[secret]'))
  }
}

async function replace(tenant: Tenant, job: Rotated['job'], next: NewSecret): Promise<void> {
  const { stack, config, graph, env } = tenant
  const { target } = config
  if (target.kind !== 'external') throw new Error(`the target of '${stack}' is ${target.kind}`)
  const { tenantUrl, tokenEndpoint, clientId } = target
  const { servicePrincipalId, jobId } = parseJobId(job.id)
  const credentials = { tenantUrl, tokenEndpoint, clientId, clientSecret: next.secret }
  const wrong = await testUnsaved(graph, jobPath(servicePrincipalId, jobId), credentials)
  if (wrong)
    throw new Error(`Entra tested the new client secret and it does not work, so nothing was changed. ${wrong}`)

  const restore = await setClientSecret(stack, next, env)
  const { errors } = await updateStack(tenant, { target: [job.urn] })
  if (errors.length === 0) return
  restore()
  const failed = `the update failed: ${errors.join('\n')}\nThe old client secret is back in ${stackFile(stack)}`
  const again = await updateStack(tenant, { target: [job.urn] })
  if (again.errors.length === 0) throw new Error(`${failed} and in the job.`)
  throw new Error(
    `${failed}, but not in the job: ${again.errors.join('\n')}\nNext: npm run pulumi -- up --stack ${stack}`,
  )
}
