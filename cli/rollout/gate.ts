/** After the update: whether the tenant is well, by its job. Waits for a cycle with the new settings, for a limited time. */
import { type Graph, WaitTimeout } from '../../provider/graph/client.ts'
import {
  getJob,
  type Job,
  jobPath,
  lastExecutionOf,
  quarantineOf,
} from '../../provider/resources/provisioningJob/job.ts'
import type { JobFacts } from './jobFacts.ts'

export interface GateOptions {
  /** People and groups that may be in error. */
  maxFailures: number
  /** Milliseconds for a cycle to end; 0: as it is now. */
  patience: number
  /** Wait for a cycle that the update has had part in. */
  changed: boolean
  /** Whether the job is to run. */
  on: boolean
}

export interface Verdict {
  passed: boolean
  /** What was seen, or why it did not pass. */
  says: string
}

interface CountedJob extends Job {
  status: (Job['status'] & { lastExecution: { countEscrowed?: number } | null }) | null
}

/** @throws GraphError where the job cannot be read, the signal's reason when it is aborted */
export async function passGate(graph: Graph, facts: JobFacts | undefined, options: GateOptions): Promise<Verdict> {
  if (!facts) return { passed: true, says: 'no job' }
  if (!facts.connectionTested && options.on) {
    return no('the connection to the application was not tested: run the update again')
  }
  const path = jobPath(facts.servicePrincipalId, facts.jobId)
  const read = () => getJob(graph, path) as Promise<CountedJob>
  const isWaiting = options.changed && options.on && options.patience > 0
  try {
    const job = isWaiting ? await nextCycle(graph, read, facts.fresh, options.patience) : await read()
    return judge(job, options)
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error
    return no(`no provisioning cycle has ended yet: ${error.message}. Run the same command later: it goes on from here`)
  }
}

/** The job once a cycle has ended, of an older job one more than now; a quarantine ends the wait, for it ends the cycles. */
async function nextCycle(
  graph: Graph,
  read: () => Promise<CountedJob>,
  fresh: boolean,
  patience: number,
): Promise<CountedJob> {
  const before = fresh ? null : lastExecutionOf(await read())
  return graph.waitFor<CountedJob>({
    what: before ? 'the next provisioning cycle to end' : 'the first provisioning cycle to end',
    timeout: patience,
    check: async () => {
      const job = await read()
      const last = lastExecutionOf(job)
      if (quarantineOf(job) || (last && last.ended !== before?.ended)) return { done: true, value: job }
      return { done: false, seen: `status ${job.status?.code ?? 'unknown'}` }
    },
  })
}

export function judge(job: CountedJob, { maxFailures }: Pick<GateOptions, 'maxFailures'>): Verdict {
  const quarantine = quarantineOf(job)
  if (quarantine) {
    const { reason, code, message } = quarantine
    return no(`the job is in quarantine (${reason}): ${[code, message].filter(Boolean).join(' ')}`)
  }
  const last = lastExecutionOf(job)
  if (!last) return { passed: true, says: 'no cycle yet' }
  if (last.state === 'Failed')
    return no(`the last cycle failed: ${[last.code, last.message].filter(Boolean).join(' ')}`)
  const failures = job.status?.lastExecution?.countEscrowed ?? 0
  const says = `${failures} in error after the cycle that ended ${last.ended}`
  if (failures <= maxFailures) return { passed: true, says }
  return no(`${says}, and ${maxFailures} may be (gates.maxFailures)`)
}

const no = (says: string): Verdict => ({ passed: false, says })
