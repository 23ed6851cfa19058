import type { Graph } from '../../graph/client.ts'
import { getJob, hasRun, type Job, lastExecutionOf, quarantineOf } from './job.ts'

/** Milliseconds; an initial cycle of a large tenant takes longer, and then goes on by itself. */
const PATIENCE = 60 * 60_000

/** Ends with the job once a cycle has ended; a quarantine is an error, single entries that failed are not. */
export async function waitForFirstCycle(
  graph: Graph,
  path: string,
  job: Job,
  tell: (progress: string) => void,
): Promise<Job> {
  let seen: Job | undefined = job
  return graph.waitFor<Job>({
    what: 'the first provisioning cycle to end',
    timeout: PATIENCE,
    check: async () => {
      const now = seen ?? (await getJob(graph, path))
      seen = undefined
      const quarantine = quarantineOf(now)
      if (quarantine) {
        throw new Error(
          `The first provisioning cycle failed and the job is in quarantine (${quarantine.reason}): ${quarantine.code} ${quarantine.message}`,
        )
      }
      if (hasRun(now) && lastExecutionOf(now)?.state !== 'Failed') return { done: true, value: now }
      const progress = progressOf(now)
      tell(`first provisioning cycle: ${progress}`)
      return { done: false, seen: `status ${now.status?.code ?? 'unknown'}, ${progress}` }
    },
  })
}

function progressOf(job: Job): string {
  const parts = (job.status?.progress ?? []).map(
    ({ completedUnits, totalUnits, units }) => `${completedUnits} of ${totalUnits} ${units ?? 'objects'}`,
  )
  return parts.length > 0 ? parts.join(', ') : 'nothing counted yet'
}
