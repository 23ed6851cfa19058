import { templateSchema } from '../../../sync/defaults/templates.ts'
import { compileSchema, type Rules, SchemaError } from '../../../sync/rules.ts'
import type { SynchronizationSchema } from '../../../sync/schema.ts'
import { dialectOf } from '../../../sync/scim/patch.ts'
import type { Cycle, Job } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'
import type { Ended } from '../ended.ts'
import type { Switches } from '../switches.ts'
import { type Connection, connect, type Surroundings } from '../target/connect.ts'
import { SCIM_CODE, TargetError } from '../target/errors.ts'
import { probe } from '../target/probe.ts'
import { type Candidates, incrementalCandidates, initialCandidates } from './candidates.ts'
import { type CycleContext, environmentOf, isoTime } from './context.ts'
import { entitlementOf } from './entitlement.ts'
import type { Cause } from './quarantine.ts'
import { Recorder } from './recorder.ts'
import { type OnProgress, runCandidates } from './run.ts'

export interface CycleServices extends Surroundings {
  defaultDomain: string
  stopped(): boolean
}

/** One cycle of a job from end to end; null when it was stopped before its end. */
export async function runCycle(job: Job, services: CycleServices, onProgress: OnProgress): Promise<Ended | null> {
  const { store, clock } = services
  const cycleId = crypto.randomUUID()
  const kind = job.watermark === null ? 'initial' : 'incremental'
  const began = isoTime(clock)
  const started = performance.now()
  const recorder = new Recorder(store, job.id)
  // Changes made while the cycle runs belong to the next one.
  const revision = store.revision
  let candidates: Candidates = { users: new Set(), groups: new Set(), members: new Map(), deltas: 0 }
  let rules: Rules | null = null
  let connection: Connection | null = null
  let cause: Cause | null
  let failed = false
  try {
    rules = rulesOf(job, services.switches)
    refuseDuplicateRoles(job, services)
    connection = connect(job.servicePrincipalId, cycleId, services)
    await probe(connection.client, rules.user?.matching[0]?.target.path.text ?? 'userName')
    const context = contextOf(job, rules, { cycleId, kind, recorder }, connection, services)
    candidates =
      kind === 'initial'
        ? initialCandidates(store, job, context.entitlement)
        : incrementalCandidates(store, job, context.entitlement, rules, clock.now())
    onProgress(0, candidates.users.size + candidates.groups.size)
    cause = await runCandidates({ ...context, changedMembers: candidates.members }, candidates, onProgress)
  } catch (error) {
    failed = true
    cause = causeOf(error)
  } finally {
    connection?.close()
  }
  recorder.flush()
  if (services.stopped()) return null

  const users = recorder.counts('user')
  const groups = recorder.counts('group')
  const escrowed = Array.from(store.escrows.values()).filter((escrow) => escrow.jobId === job.id).length
  const cycle: Cycle = {
    id: cycleId,
    jobId: job.id,
    kind,
    state: failed ? 'Failed' : users.failed + groups.failed > 0 ? 'EntryLevelErrors' : 'Succeeded',
    users,
    groups,
    began,
    ended: isoTime(clock),
    seconds: Math.round(performance.now() - started) / 1000,
    error: cause?.error ?? null,
  }
  const exported = recorder.exports
  const imported = candidates.users.size + candidates.groups.size
  return {
    cycle,
    cause,
    givenUp: recorder.givenUp,
    pruned: recorder.pruned,
    deletionsLetThrough: recorder.deletionsLetThrough,
    // What is held back is read again in the next cycle.
    watermark: failed || cause?.reason === 'TooManyDeletes' ? job.watermark : revision,
    entries: rules ? entryCounts(store, job, rules) : [],
    execution: {
      activityIdentifier: cycleId,
      countEntitled: recorder.entitled,
      countEntitledForProvisioning: recorder.entitledForProvisioning,
      countEscrowed: escrowed,
      countExported: exported,
      countExports: exported + users.failed + groups.failed,
      countImported: imported,
      countImportedDeltas: candidates.deltas,
      countImportedReferenceDeltas: recorder.references,
    },
  }
}

/** Compiled rules of the schema in force; a client may have left the directories out of what it wrote. */
export function rulesOf(job: Job, switches: Switches): Rules {
  const template = templateSchema(job.factory ?? job.templateId, switches.defaultMappings)
  return compileSchema({ ...template, ...(job.schema as Partial<SynchronizationSchema> | null) }, switches)
}

export function contextOf(
  job: Job,
  rules: Rules,
  identity: Pick<CycleContext, 'cycleId' | 'kind' | 'recorder'>,
  { settings, client }: Connection,
  services: CycleServices,
): CycleContext {
  const { store, clock, switches } = services
  return {
    ...identity,
    job,
    rules,
    settings,
    dialect: dialectOf(settings.tenantUrl.href, job.factory ?? job.templateId),
    entitlement: entitlementOf(store, job.servicePrincipalId, settings.syncAll),
    environment: environmentOf(services),
    client,
    store,
    clock,
    switches,
    held: new Set(),
    changedMembers: new Map(),
    stopped: () => services.stopped(),
  }
}

/** Source: Microsoft Learn, "Application provisioning in quarantine status": roles that are imported must be unique. */
function refuseDuplicateRoles({ servicePrincipalId }: Job, { store, switches }: CycleServices): void {
  if (switches.duplicateRoles === 'nothing') return
  const names = store.servicePrincipals.get(servicePrincipalId)!.appRoles.map(({ displayName }) => displayName)
  const duplicate = names.find((name, index) => names.indexOf(name) < index)
  if (duplicate === undefined) return
  throw new TargetError('DuplicateAppRoles', `The application has more than one role that is named "${duplicate}".`)
}

/** Invalid credentials, a target that is not SCIM or a schema that cannot be used stop a cycle as a whole. */
function causeOf(error: unknown): Cause {
  if (error instanceof TargetError) {
    return { reason: 'EncounteredQuarantineException', error: { code: error.code, message: error.message } }
  }
  const code = error instanceof SchemaError ? 'InvalidSchema' : `${SCIM_CODE}InternalError`
  return { reason: 'Unknown', error: { code, message: (error as Error).message } }
}

function entryCounts(store: TenantStore, job: Job, rules: Rules): { key: string; value: number }[] {
  return (['user', 'group'] as const).flatMap((objectType) => {
    const name = rules[objectType]?.names.sourceObjectName
    return name ? [{ key: `${name} to ${name}`, value: store.linkCount(job.id, objectType) }] : []
  })
}
