import type { Graph } from '../../provider/graph/client.ts'
import {
  getJob,
  isOn,
  type Job,
  jobPath,
  lastExecutionOf,
  parseJobId,
  quarantineOf,
} from '../../provider/resources/provisioningJob/job.ts'

/**
 * Waits until a cycle that began after `since` has ended well; single entries in error are no failure of it.
 * @param jobId resource id of the job
 * @param since milliseconds since the epoch
 * @param timeout milliseconds
 * @throws when the job is stopped, when such a cycle fails, or when none ended in time
 */
export async function waitForGoodCycle(graph: Graph, jobId: string, since: number, timeout: number): Promise<void> {
  const { servicePrincipalId, jobId: id } = parseJobId(jobId)
  await graph.waitFor({
    what: 'a cycle with the new client secret to end',
    timeout,
    check: async () => {
      const seen = outcomeOf(await getJob(graph, jobPath(servicePrincipalId, id)), since)
      return seen === undefined ? { done: true, value: undefined } : { done: false, seen }
    },
  })
}

/** Undefined when such a cycle has ended well, else what there is instead. @throws when there will be none */
export function outcomeOf(job: Job, since: number): string | undefined {
  const quarantine = quarantineOf(job)
  if (quarantine)
    throw new Error(`the job is in quarantine (${quarantine.reason}): ${quarantine.code} ${quarantine.message}`)
  if (!isOn(job)) throw new Error('the job is stopped, so no cycle will run')
  const last = lastExecutionOf(job)
  if (!last) return 'no cycle has ended yet'
  if (Date.parse(last.began) < since) return `the last cycle began at ${last.began}, before the rotation`
  if (last.state === 'Failed') throw new Error(`the cycle of ${last.began} failed: ${last.code} ${last.message}`)
  return undefined
}
