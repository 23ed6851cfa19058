/** One tenant's way through a rollout: read, make the stack, preview, forecast, update; and then the gate. */
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js'
import { type Run, type RunOptions, updateAttached } from '../engine/attached.ts'
import type { Change } from '../engine/changes.ts'
import { pastDeadLocks } from '../engine/deadLocks.ts'
import { clearStaleLocks } from '../engine/lock.ts'
import { describe } from '../engine/progress.ts'
import { runEngine } from '../engine/run.ts'
import { tenantSite, workspaceFile } from '../engine/tenantStack.ts'
import { PROJECT } from '../local/folder.ts'
import { encryptionOf, keepEncryption } from '../stack/encryption.ts'
import { stackFile, stackFileText } from '../stack/files.ts'
import type { Tenant } from '../stack/tenant.ts'
import { fileBackend, hasStack } from './backend.ts'
import { foresee } from './forecast.ts'
import { passGate, type Verdict } from './gate.ts'
import { type JobFacts, jobFactsOf } from './jobFacts.ts'
import { lookAhead } from './look.ts'
import type { PlannedRing } from './plan.ts'
import { type Step, shown, type TenantResult } from './result.ts'

export interface TenantOptions {
  /** Only look: nothing is written in tenant, backend or file. */
  preview: boolean
  allowDeletes: boolean
  policyPack?: string | undefined
  /** Read first what is in the tenant. */
  refresh: boolean
  /** Forecast each tenant that is to be changed, not only where a gate limits it. */
  forecast: boolean
  engine: string
  signal: AbortSignal
  /** Milliseconds that a gate waits for a cycle. */
  patience: number
  openTenant(stack: string): Tenant
  /** Never to be seen in a report. */
  hide(secret: string): void
}

/** Told as it goes on. */
export interface Follower {
  step(step: Step): void
  /** A line of what is being done. */
  says(text: string): void
  /** Before the first write in the tenant. */
  updating(): void
}

/** A tenant whose update is done, with what its gate needs. */
export interface Applied {
  tenant: Tenant
  facts: JobFacts | undefined
  /** When the update began, by the clock of the tenant's Graph; undefined: nothing was changed. */
  since: number | undefined
}

/**
 * Everything up to the gate; `result` is filled in as it goes.
 * @param again an earlier run may have changed the tenant already
 * @returns undefined when it ended before: it failed, was refused, was interrupted or was only looked at
 */
export async function applyTenant(
  result: TenantResult,
  ring: PlannedRing,
  options: TenantOptions,
  follower: Follower,
  again: boolean,
): Promise<Applied | undefined> {
  const begin = (step: Step) => {
    options.signal.throwIfAborted()
    result.step = step
    follower.step(step)
  }
  begin('read')
  const tenant = options.openTenant(result.stack)
  if (!options.preview) recover()
  const site = tenantSite(tenant, options.engine)
  const backend = fileBackend(site.env)
  if (backend && !options.preview) await clearStaleLocks(backend, PROJECT, result.stack)

  let facts: JobFacts | undefined
  const onEvent = (event: EngineEvent) => {
    facts = jobFactsOf(event) ?? facts
    const line = describe(event)
    if (line) follower.says(line.trim())
  }
  let targetSecret: string | undefined
  const { signal, policyPack, refresh } = options
  const run: RunOptions = {
    signal,
    onEvent,
    policyPack,
    refresh,
    onTargetSecret(secret) {
      targetSecret = secret
      options.hide(secret)
    },
  }
  const seen = await lookAhead(site, {
    run,
    begin,
    missing: backend !== undefined && !hasStack(backend, result.stack),
    preview: options.preview,
    made() {
      result.created = true
      keep()
    },
  })
  take(result, seen)
  if (failed(result, seen)) return undefined
  if (refusedChanges(result, options.allowDeletes)) return undefined

  const isChange = seen.changes.length > 0 || result.created
  const limits = ring.gates.forecast
  if (isChange && (options.forecast || Object.keys(limits).length > 0)) {
    begin('forecast')
    const isWithin = await foresee(result, tenant, { limits, targetSecret, signal })
    if (!isWithin) return undefined
  }
  if (options.preview) {
    result.outcome = 'previewed'
    return undefined
  }
  if (!isChange) {
    result.outcome = 'unchanged'
    return { tenant, facts, since: again ? tenant.graph.now() : undefined }
  }
  begin('update')
  follower.updating()
  const since = tenant.graph.now()
  const done = await pastDeadLocks(
    () => updateAttached(site, run),
    () => runEngine(site, ['cancel', '--yes', '--stack', result.stack]),
    signal,
  )
  keep()
  take(result, done)
  if (failed(result, done)) return undefined
  result.outcome = 'updated'
  return { tenant, facts, since }

  function keep(): void {
    if (!tenant.served) keepEncryption(stackFile(result.stack), workspaceFile(result.stack))
  }

  /** Who was killed after the stack was made, and before that was kept, left it in the copy alone. */
  function recover(): void {
    if (tenant.served) return
    const there = fileBackend(tenant.env)
    const isThere = there === undefined || hasStack(there, result.stack)
    const none = Object.keys(encryptionOf(stackFileText(result.stack))).length === 0
    if (isThere && none) keep()
  }
}

/** Whether the tenant is well; its job is asked until it is known, or patience ends. */
export function gateTenant(
  { tenant, facts, since }: Applied,
  ring: PlannedRing,
  options: TenantOptions,
): Promise<Verdict> {
  return passGate(tenant.graph.during(options.signal), facts, {
    stack: tenant.stack,
    maxFailures: ring.gates.maxFailures,
    patience: options.patience,
    since,
    on: tenant.config.status === 'on',
  })
}

/** The engine's own resources and our components make nothing in a tenant. */
const MAKES_NOTHING = /^(pulumi|entrada):/

function take(result: TenantResult, { changes, drift, unchanged, policies, warnings }: Run): void {
  const own = changes.filter(({ type }) => !MAKES_NOTHING.test(type))
  Object.assign(result, {
    changes: own,
    unchanged,
    policies,
    warnings: [...new Set([...result.warnings, ...warnings, ...leftAlone(drift, own)])],
  })
}

/** What was found in the tenant and is not put right: mappings of the template, or what the file says too by now. */
function leftAlone(drift: readonly Change[], changes: readonly Change[]): string[] {
  return drift.flatMap(({ type, name, properties }) => {
    const mended = changes.find((change) => change.type === type && change.name === name)
    if (mended?.op === 'create') return []
    const touched = (mended?.properties ?? []).map(({ path }) => rootOf(path))
    return properties
      .filter(({ path }) => !touched.includes(rootOf(path)))
      .map(
        ({ path, before, after }) =>
          `found in the tenant and left as it is: ${type.split(':').at(-1)} '${name}' ${path}: ${shown(before)} → ${shown(after)}`,
      )
  })
}

/** `users[1]` → `users`: what comes and goes in a list moves the rest of it. */
const rootOf = (path: string): string => path.split(/[.[]/, 1)[0]!

function failed(result: TenantResult, { errors, failure }: Run): boolean {
  const mandatory = result.policies.filter(({ level }) => level === 'mandatory')
  if (!failure && mandatory.length === 0) return false
  result.outcome = mandatory.length > 0 ? 'refused' : 'failed'
  const broken = mandatory.map(({ policy, resource, message }) => `policy ${policy} (${resource}): ${message}`)
  const said = [...broken, ...errors]
  result.errors = failure && said.length === 0 ? [reasonOf(failure)] : said
  return true
}

function reasonOf({ reason, message }: NonNullable<Run['failure']>): string {
  if (reason !== 'locked') return message
  return `somebody else is updating this stack: ${message.replace(/^error: /, '')}`
}

const GOES = /^(delete|replace)/

function refusedChanges(result: TenantResult, allowed: boolean): boolean {
  const going = result.changes.filter(({ op }) => GOES.test(op))
  if (going.length === 0 || allowed) return false
  result.outcome = 'refused'
  const named = ({ op, type, name }: Change) => `${op} ${type.split(':').at(-1)} '${name}'`
  result.errors = [`it would ${going.map(named).join(', ')}: look at it, and say --allow-deletes if it is meant`]
  return true
}
