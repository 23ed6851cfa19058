/** Of the provisioning job, what an update knows already: the engine's events carry it. */
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js'
import type { ProvisioningJobOutputs } from '../../provider/resources/provisioningJob/inputs.ts'
import { parseJobId } from '../../provider/resources/provisioningJob/job.ts'

export interface JobFacts {
  servicePrincipalId: string
  jobId: string
  connectionTested: boolean
}

const JOB = 'entrasync:index:ProvisioningJob'

/** Undefined for an event of something else, and where there is no job. */
export function jobFactsOf({ resOutputsEvent }: EngineEvent): JobFacts | undefined {
  const { type, new: now } = resOutputsEvent?.metadata ?? {}
  if (type !== JOB || !now?.id) return undefined
  const { connectionTested } = now.outputs as Partial<ProvisioningJobOutputs>
  return { ...parseJobId(now.id), connectionTested: connectionTested === true }
}
