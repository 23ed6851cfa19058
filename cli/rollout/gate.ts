/** After the update: whether the tenant is well, by its job. Waits for a cycle with the new settings, for a limited time. */
import { type Graph, WaitTimeout } from '../../provider/graph/client.ts'
import {
  getJob,
  isOn,
  type Job,
  jobPath,
  lastExecutionOf,
  quarantineOf,
} from '../../provider/resources/provisioningJob/job.ts'
import type { JobFacts } from './jobFacts.ts'

export interface GateOptions {
  stack: string
  /** People and groups that may be in error. */
  maxFailures: number
  /** Milliseconds for a cycle to end; 0: as it is now. */
  patience: number
  /** Begin of the update, milliseconds since the epoch: wait for a cycle that began later. Undefined: nothing was changed. */
  since: number | undefined
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
  const { since, on, patience } = options
  try {
    const job = since !== undefined && on && patience > 0 ? await nextCycle(graph, read, since, patience) : await read()
    return judge(job, options)
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error
    return no(`${error.message}. Run the same command later: it goes on from here`)
  }
}

/** The job once a cycle that began after `since` has ended, or once there will be none: in quarantine, or stopped. */
async function nextCycle(
  graph: Graph,
  read: () => Promise<CountedJob>,
  since: number,
  patience: number,
): Promise<CountedJob> {
  return graph.waitFor<CountedJob>({
    what: 'a provisioning cycle with the new settings to end',
    timeout: patience,
    check: async () => {
      const job = await read()
      const last = lastExecutionOf(job)
      const isNext = last !== null && Date.parse(last.began) >= since
      if (isNext || quarantineOf(job) || !isOn(job)) return { done: true, value: job }
      const seen = last ? `the last one began at ${last.began}, before the update` : 'none has ended yet'
      return { done: false, seen: `${seen}; status ${job.status?.code ?? 'unknown'}` }
    },
  })
}

export function judge(
  job: CountedJob,
  { stack, maxFailures, on }: Pick<GateOptions, 'stack' | 'maxFailures' | 'on'>,
): Verdict {
  const quarantine = quarantineOf(job)
  if (quarantine) {
    const { reason, code, message } = quarantine
    return no(`the job is in quarantine (${reason}): ${[code, message].filter(Boolean).join(' ')}`)
  }
  if (on && !isOn(job)) {
    const start = `npm run pulumi -- up --refresh --stack ${stack} starts it again`
    return no(`the job is stopped, though the stack's file says on: ${start}, or write entrada:status: off`)
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
