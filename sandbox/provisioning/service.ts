import { withDiscovered } from '../../sync/discovery.ts'
import type { Environment } from '../../sync/expression/functions/index.ts'
import type { DirectoryDefinition } from '../../sync/schema.ts'
import type { Cycle, Job, SecretSet } from '../tenant/model.ts'
import type { Clock, Collection, TenantStore } from '../tenant/store.ts'
import { environmentOf } from './cycle/context.ts'
import { runCycle as runOneCycle } from './cycle/cycle.ts'
import { type Ended, ended } from './ended.ts'
import { freshJob, paused, progressing, readResetScope, restarted, started } from './job.ts'
import { auditQuarantine } from './notify/audit.ts'
import { notify } from './notify/notify.ts'
import { provisionOnDemand } from './onDemand/onDemand.ts'
import type { OnDemandReply } from './onDemand/reply.ts'
import { nextRun } from './schedule.ts'
import { DEFAULT_SWITCHES, type Switches } from './switches.ts'
import { redeemCode } from './target/authorizationCode.ts'
import { type Connection, connect, type Surroundings } from './target/connect.ts'
import { TargetError } from './target/errors.ts'
import { probe, type Validation, validationOf } from './target/probe.ts'
import { createTransport, type Disturb } from './target/transport.ts'
import { unlink } from './unlink.ts'

/** The sandbox's provisioning service: one for a tenant, over all its jobs. */
export interface Provisioning {
  /**
   * "Test connection": a token, then a query for a user that does not exist. The message holds no secret.
   * @param secrets in place of those saved
   */
  validateCredentials(servicePrincipalId: string, secrets?: SecretSet): Promise<Validation>
  /** Redeems the authorization code among the credentials and those saved; all are saved then, with the token. */
  acquireAccessToken(servicePrincipalId: string, credentials: SecretSet): Promise<Validation>
  /** Schedules the first cycle at once, then one each interval of the job's schedule. */
  start(jobId: string): void
  /** A running cycle ends as usual; none follows. */
  pause(jobId: string): void
  /** @throws RangeError for an unknown reset scope */
  restart(jobId: string, resetScope: string | undefined): void
  /** Forgets the job and all its state; the target's objects stay. */
  remove(jobId: string): void
  /** Runs a cycle now, after one that is running. @throws Error when there is no such job, or it was stopped meanwhile */
  runCycle(jobId: string): Promise<Cycle>
  /** Whether a cycle, or something on demand, is under way. */
  isRunning(jobId: string): boolean
  /**
   * Graph's provisionOnDemand, after a cycle that is running.
   * @param parameters `[{ ruleId, subjects }]`: up to five users, or a group with up to five members
   * @throws OnDemandError for parameters that cannot be used
   */
  provisionOnDemand(jobId: string, parameters: unknown): Promise<OnDemandReply>
  /**
   * Asks the target for its `/Schemas`.
   * @returns the directory with what the target has beside what was known; nothing known goes
   * @throws TargetError when the target cannot be asked
   */
  discoverDirectory(jobId: string, directory: DirectoryDefinition): Promise<DirectoryDefinition>
  /** What the mappings' expressions evaluate with now. */
  environment(): Environment
  /** A fresh job, not stored yet. */
  newJob(servicePrincipalId: string, templateId: string): Job
  /** Stops what is running at a safe point, its results dropped, and waits until it has ended. */
  settle(): Promise<void>
  /** Lets running cycles stop at a safe point. */
  close(): Promise<void>
}

export interface ProvisioningOptions {
  store: TenantStore
  clock: Clock
  /** Read anew at each use, so that they can be changed while the service runs. */
  switches?: Partial<Switches>
  defaultDomain?: string
  /** Faults on the way to the target. */
  disturb?: Disturb
  workloadIdentity?: Surroundings['workloadIdentity']
  log?: (message: string) => void
}

/** Cycles kept, of all jobs. */
const KEPT_CYCLES = 50

/** Least time between two writes of a job's progress, milliseconds. */
const PROGRESS_MS = 500

/** A cycle under way; `stopped` makes it end at its next safe point, its results dropped. */
interface Run {
  stopped: boolean
  finished: Promise<unknown>
}

export function createProvisioning(options: ProvisioningOptions): Provisioning {
  const { store, clock, defaultDomain = '', log = () => {} } = options
  const switchesNow = (): Switches => ({ ...DEFAULT_SWITCHES, ...options.switches })
  const runs = new Map<string, Run>()
  /** Started or restarted jobs, whose next cycle does not wait for its time. */
  const asked = new Set<string>()
  let closed = false

  const { disturb, workloadIdentity = noWorkloadIdentity } = options
  const services = () => ({ store, clock, switches: switchesNow(), defaultDomain, disturb, workloadIdentity })

  const ticker = setInterval(tick, switchesNow().tickMs)
  ticker.unref()

  function tick(): void {
    if (closed) return
    for (const job of store.jobs.values()) {
      if (runs.has(job.id) || job.schedule.state !== 'Active') continue
      if (asked.has(job.id) || nextRun(job) <= clock.now()) void cycle(job.id)
    }
  }

  function jobOf(jobId: string): Job {
    const job = store.jobs.get(jobId)
    if (!job) throw new Error(`There is no synchronization job ${jobId}`)
    return job
  }

  function change(jobId: string, to: (job: Job) => Job): void {
    store.jobs.put(jobId, to(jobOf(jobId)))
  }

  /** A job does one thing at a time; what is begun here must find it idle. */
  function alone<T>(jobId: string, work: (run: Run) => Promise<T>): Promise<T> {
    const run: Run = { stopped: closed, finished: Promise.resolve() }
    runs.set(jobId, run)
    const result = work(run).finally(() => runs.delete(jobId))
    run.finished = result.catch(() => {})
    return result
  }

  async function whenIdle<T>(jobId: string, work: (job: Job) => Promise<T>): Promise<T> {
    for (let run = runs.get(jobId); run; run = runs.get(jobId)) await run.finished
    return work(jobOf(jobId))
  }

  function cycle(jobId: string): Promise<Cycle | null> {
    asked.delete(jobId)
    return alone(jobId, (run) => perform(jobId, run)).catch((error: Error) => {
      log(`Cycle of ${jobId} broke off: ${error.message}`)
      return null
    })
  }

  async function perform(jobId: string, run: Run): Promise<Cycle | null> {
    const job = store.jobs.get(jobId)
    if (!job) return null
    let lastProgress = 0
    const onProgress = (completed: number, total: number) => {
      const now = performance.now()
      if (now - lastProgress < PROGRESS_MS || run.stopped || !store.jobs.get(jobId)) return
      lastProgress = now
      store.batch(() => {
        const now = new Date(clock.now()).toISOString()
        change(jobId, (current) => progressing(current, completed, total, now, switchesNow().progressUnits))
        // A cycle of a large company logs many times what is kept.
        prune()
      })
    }
    const stopped = () => run.stopped || !store.jobs.get(jobId)
    const done = await runOneCycle(job, { ...services(), stopped }, onProgress)
    if (!done) return null
    const before = jobOf(jobId)
    const cycle = record(jobId, job, done)
    await notify(store, before, switchesNow().smtp).catch((error: Error) => log(`No mail was sent: ${error.message}`))
    return cycle
  }

  function record(jobId: string, before: Job, done: Ended): Cycle {
    const { cycle } = done
    store.batch(() => {
      change(jobId, (current) => {
        // A schema written while the cycle ran asks for everything to be read again.
        const watermark = current.schema === before.schema ? done.watermark : null
        const after = ended(current, { ...done, watermark }, switchesNow())
        auditQuarantine(store, current, after, cycle.ended)
        return after
      })
      store.cycles.put(cycle.id, cycle)
      prune()
    })
    log(`Cycle of ${jobId}: ${cycle.state} in ${cycle.seconds} s`)
    return cycle
  }

  function prune(): void {
    dropOldest(store.log, switchesNow().logEntries)
    dropOldest(store.cycles, KEPT_CYCLES)
  }

  async function connected<T>(
    servicePrincipalId: string,
    secrets: SecretSet | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = connect(servicePrincipalId, crypto.randomUUID(), services(), secrets)
    try {
      return await work(connection)
    } finally {
      connection.close()
    }
  }

  /** A cycle that runs with what is being reset is stopped. */
  function stop(jobId: string): void {
    const run = runs.get(jobId)
    if (run) run.stopped = true
  }

  async function settle(): Promise<void> {
    for (const run of runs.values()) run.stopped = true
    await Promise.all(Array.from(runs.values(), (run) => run.finished))
  }

  return {
    async validateCredentials(servicePrincipalId, secrets) {
      try {
        await connected(servicePrincipalId, secrets, ({ client }) => probe(client, 'userName'))
        return { ok: true }
      } catch (error) {
        if (error instanceof TargetError) return validationOf(error)
        throw error
      }
    },

    async acquireAccessToken(servicePrincipalId, credentials) {
      const switches = switchesNow()
      const { send, close } = createTransport(switches, crypto.randomUUID())
      try {
        const secrets = { ...store.secrets.get(servicePrincipalId), ...credentials }
        const redeemed = await redeemCode(secrets, disturb ? disturb(send) : send, clock, switches)
        store.secrets.put(servicePrincipalId, redeemed)
        return { ok: true }
      } catch (error) {
        if (error instanceof TargetError) return validationOf(error)
        throw error
      } finally {
        close()
      }
    },

    start(jobId) {
      change(jobId, started)
      asked.add(jobId)
      setImmediate(tick)
    },

    pause(jobId) {
      change(jobId, paused)
    },

    restart(jobId, resetScope) {
      const scope = readResetScope(resetScope)
      stop(jobId)
      store.batch(() => {
        if (scope.links) for (const link of store.linksOf(jobId)) unlink(store, jobId, link.objectId)
        if (scope.escrows) dropEscrows(store, jobId)
        change(jobId, (job) => restarted(job, scope))
      })
      asked.add(jobId)
      setImmediate(tick)
    },

    remove(jobId) {
      stop(jobId)
      store.batch(() => {
        for (const link of store.linksOf(jobId)) unlink(store, jobId, link.objectId)
        dropEscrows(store, jobId)
        store.jobs.delete(jobId)
      })
    },

    async runCycle(jobId) {
      const result = await whenIdle(jobId, () => cycle(jobId))
      if (!result) throw new Error(`The cycle of ${jobId} was stopped before its end`)
      return result
    },

    isRunning: (jobId) => runs.has(jobId),

    provisionOnDemand: (jobId, parameters) =>
      whenIdle(jobId, (job) =>
        alone(jobId, () => provisionOnDemand(job, parameters, { ...services(), stopped: () => false })),
      ),

    async discoverDirectory(jobId, directory) {
      const { servicePrincipalId } = jobOf(jobId)
      const schemas = await connected(servicePrincipalId, undefined, ({ client }) => client.schemas())
      return withDiscovered(directory, schemas)
    },

    environment: () => environmentOf(services()),
    newJob: (servicePrincipalId, templateId) =>
      freshJob(store.tenantId, servicePrincipalId, templateId, switchesNow().newJobCode),

    settle,

    async close() {
      closed = true
      clearInterval(ticker)
      await settle()
    },
  }
}

const noWorkloadIdentity = (): Promise<string> =>
  Promise.reject(new TargetError('InternalError', 'No workload identity: the service runs without a login service.'))

function dropEscrows(store: TenantStore, jobId: string): void {
  for (const escrow of [...store.escrows.values()]) {
    if (escrow.jobId === jobId) store.escrows.delete(`${jobId}/${escrow.objectId}`)
  }
}

function dropOldest<T extends { id: string }>(from: Collection<T>, keep: number): void {
  for (const { id } of from.values()) {
    if (from.size <= keep) return
    from.delete(id)
  }
}
