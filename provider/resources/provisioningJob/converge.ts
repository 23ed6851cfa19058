/** From what is there to what is asked for, in the order that the service needs. */
import { isDeepStrictEqual } from 'node:util'
import type { Graph } from '../../graph/client.ts'
import type { Context } from '../resource.ts'
import { Incomplete } from '../resource.ts'
import { testConnection } from './connection.ts'
import { waitForFirstCycle } from './firstCycle.ts'
import type { ProvisioningJobInputs as Inputs, ProvisioningJobOutputs as Outputs } from './inputs.ts'
import {
  getJob,
  hasRun,
  isOn,
  type Job,
  jobPath,
  jobResourceId,
  lastExecutionOf,
  pauseJob,
  quarantineOf,
  restartJob,
  startJob,
} from './job.ts'
import { applySchema } from './schemaCalls.ts'
import { type Pair, putSecrets, readSecrets, secretsFor, seemsWritten } from './secrets.ts'

export interface Start {
  job: Job
  secrets: Pair[]
  created: boolean
  /** What was asked for before, and whether its credentials were found good; undefined at creation. */
  olds: { inputs: Inputs; connectionTested: boolean; mappingDrift: string[] } | undefined
}

/** What is to be done besides the schema, which decides for itself. */
export interface Plan {
  writeSecrets: boolean
  test: boolean
  /** Existing links are looked at again only after a restart. */
  restart: boolean
  switchTo: 'on' | 'off' | undefined
}

export function planFor({ job, secrets, olds, created }: Start, news: Inputs): Plan {
  const credentialsChanged =
    !olds ||
    !isDeepStrictEqual(olds.inputs.credentials, news.credentials) ||
    !isDeepStrictEqual(readSecrets(news, secrets).credentials, news.credentials)
  // Entra shows no secret: that of a job which was taken over may be another than asked for.
  const unproven = olds !== undefined && !olds.connectionTested && !created
  const writeSecrets = credentialsChanged || unproven || !seemsWritten(secretsFor(news, secrets), secrets)
  const on = isOn(job)
  const quarantined = news.status === 'on' && (quarantineOf(job) !== null || job.status?.code === 'Quarantine')
  const rescoped = secrets.length > 0 && readSecrets(news, secrets).scope !== news.scope
  const switchTo = on === (news.status === 'on') ? undefined : news.status
  return {
    writeSecrets,
    test: credentialsChanged || !olds?.connectionTested || switchTo === 'on' || quarantined,
    restart: (hasRun(job) && rescoped) || quarantined,
    switchTo,
  }
}

/** Graph takes an empty value as the wish to remove the key. */
const NO_SECRET =
  'credentials.clientSecret is empty: give the secret that the application shows; after an import Entra does not tell it'

/** @throws Incomplete with what stands so far; calling it again goes on from there */
export async function converge(graph: Graph, start: Start, news: Inputs, context: Context): Promise<Outputs> {
  const path = jobPath(news.servicePrincipalId, start.job.id)
  const plan = planFor(start, news)
  const reached = {
    job: start.job,
    secretKeys: start.secrets.map(({ key }) => key),
    connectionTested: start.olds?.connectionTested ?? false,
  }
  const outputs = () => outputsOf(reached.job, start, reached.secretKeys, reached.connectionTested)
  try {
    if (plan.writeSecrets) {
      if (news.credentials.clientSecret === '') throw new Error(NO_SECRET)
      reached.connectionTested &&= !plan.test
      reached.secretKeys = await putSecrets(graph, news, start.secrets)
    }
    if (plan.test) {
      context.progress('testing the connection from Entra to the application')
      reached.connectionTested = false
      const failure = await testConnection(graph, path, news, start.secrets)
      if (failure) {
        if (isOn(start.job)) await pauseJob(graph, path)
        throw new Error(failure)
      }
      reached.connectionTested = true
    }
    await applySchema(graph, path, start.olds?.inputs, news)
    if (plan.restart) await restartJob(graph, path)
    if (plan.switchTo === 'on') await startJob(graph, path)
    if (plan.switchTo === 'off') await pauseJob(graph, path)
    if (plan.restart || plan.switchTo || start.olds) reached.job = await getJob(graph, path)
    if (news.waitForFirstCycle && news.status === 'on') {
      reached.job = await waitForFirstCycle(graph, path, reached.job, (progress) => context.progress(progress))
    }
    return outputs()
  } catch (error) {
    const reason = context.signal.aborted ? 'cancelled before provisioning was set up' : (error as Error).message
    throw new Incomplete(jobResourceId(news.servicePrincipalId, start.job.id), outputs(), [reason])
  }
}

export function outputsOf(
  job: Job,
  start: Pick<Start, 'created' | 'olds'>,
  secretKeys: string[],
  connectionTested: boolean,
): Outputs {
  return {
    jobId: job.id,
    resolvedTemplateId: job.templateId,
    scheduleState: job.schedule?.state ?? 'Unknown',
    statusCode: job.status?.code ?? 'Unknown',
    quarantine: quarantineOf(job),
    lastExecution: lastExecutionOf(job),
    mappingDrift: start.olds?.mappingDrift ?? [],
    created: start.created,
    secretKeys: secretKeys.toSorted(),
    connectionTested,
  }
}
