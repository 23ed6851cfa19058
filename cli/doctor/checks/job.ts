import type { StackConfig } from '../../../config/schema.ts'
import type { Graph } from '../../../provider/graph/client.ts'
import { adviceFor } from '../../../provider/resources/provisioningJob/connection.ts'
import {
  isOn,
  type Job,
  lastExecutionOf,
  listJobs,
  quarantineOf,
} from '../../../provider/resources/provisioningJob/job.ts'
import { readableSecrets } from '../../../provider/resources/provisioningJob/secrets.ts'
import { ok, type Result, type Said } from '../finding.ts'
import type { Found } from './application.ts'

type Addresses = Parameters<typeof adviceFor>[1]

/** Whether the provisioning job runs as the stack says, and what keeps it from it. */
export async function checkJob(graph: Graph, config: StackConfig, found: Found): Promise<Result> {
  if (found === 'none') return ok('there is no provisioning job yet: the update makes it')
  const { id } = found.servicePrincipal
  const jobs = await listJobs(graph, id)
  if (jobs.length === 0) return ok('there is no provisioning job yet: the update makes it')
  const addresses = jobs.some(quarantineOf) ? await addressesOf(graph, id) : undefined
  return { said: jobs.flatMap((job) => judgeJob(job, config, addresses)) }
}

export function judgeJob(job: Job, { status }: StackConfig, addresses: Addresses | undefined): Said[] {
  const quarantine = quarantineOf(job)
  if (quarantine) {
    const { reason, code, message, began, nextAttempt } = quarantine
    const said = [code, message].filter(Boolean).join(': ')
    return [
      {
        state: 'problem',
        seen: `job ${job.id} is in quarantine since ${began}: ${reason}${said ? ` (${said})` : ''}; tried again ${nextAttempt}`,
        fix: adviceOn(reason, `${code} ${message}`, addresses),
      },
    ]
  }
  const lines: Said[] = []
  if (isOn(job) !== (status === 'on')) {
    lines.push({
      state: 'warning',
      seen: `job ${job.id} is ${isOn(job) ? 'on' : 'off'}, the stack says ${status}`,
      fix: 'an update makes it as the stack says',
    })
  }
  const last = lastExecutionOf(job)
  if (last && last.state !== 'Succeeded') {
    const why = [last.code, last.message].filter(Boolean).join(': ')
    lines.push({
      state: 'warning',
      seen: `the last cycle of job ${job.id}, ended ${last.ended}, is ${last.state}${why ? `: ${why}` : ''}`,
      fix: 'the provisioning log of the application names the entries',
    })
  }
  return lines.length > 0 ? lines : [{ state: 'ok', seen: `job ${job.id} is ${isOn(job) ? 'on' : 'off'}` }]
}

/** Source of the reasons: graph-api.md 3.3. */
function adviceOn(reason: string, said: string, addresses: Addresses | undefined): string {
  if (/TooManyDeletes/i.test(reason)) {
    return 'look at who would be deleted; allow it in the portal, or undo what took them out of scope'
  }
  const advice = addresses && adviceFor(said, addresses)
  return (
    advice ??
    'npm run pulumi -- up tests the connection and says what is wrong; once that is repaired it restarts the job'
  )
}

async function addressesOf(graph: Graph, servicePrincipalId: string): Promise<Addresses | undefined> {
  const pairs = await readableSecrets(graph, servicePrincipalId)
  if (!pairs) return undefined
  const value = (key: string) => pairs.find((pair) => pair.key === key)?.value ?? ''
  return {
    tenantUrl: value('BaseAddress'),
    tokenEndpoint: value('Oauth2TokenExchangeUri'),
    clientId: value('Oauth2ClientId'),
  }
}
