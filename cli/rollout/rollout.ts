/** `entrada rollout`: what is to be done, what is left of it, and the doing. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { NO_FLEET, readFleet, stacksFolder } from '../../config/fleet.ts'
import { layersOf } from '../../config/stackFile.ts'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { localFolder } from '../local/folder.ts'
import { environments } from '../stack/envFiles.ts'
import { stackFileText, stackNames } from '../stack/files.ts'
import { pickStacks } from '../stack/pick.ts'
import { openTenant } from '../stack/tenant.ts'
import { aloneInRollouts, whoRuns } from './alone.ts'
import { askForRing } from './approve.ts'
import { Secrets } from './environment.ts'
import { commitOf, programHash, stackHash } from './fingerprint.ts'
import { Journal, JournalError, journalFile } from './journal.ts'
import { checkRings, planRings, withoutCanary } from './plan.ts'
import { countsOf, exitCodeOf, type Report } from './report.ts'
import type { TenantResult } from './result.ts'
import { decide, failedIn, isApproved, isOf, type Unfinished, unfinishedIn } from './resume.ts'
import { runRings, type Watch } from './run.ts'
import { parallelFor, Slots, thisMachine } from './slots.ts'
import { applyTenant, gateTenant, type TenantOptions } from './tenant.ts'
import { UsageError } from './usage.ts'

type TenantWish = 'preview' | 'allowDeletes' | 'policyPack' | 'refresh' | 'forecast' | 'patience'

export interface Wish extends Pick<TenantOptions, TenantWish> {
  /** Names or patterns. */
  stacks: string[]
  labels: string[]
  ring?: string | undefined
  onlyFailed: boolean
  /** `true`: there must be something to go on with; `false`: begin anew; undefined: whatever there is. */
  resume?: boolean | undefined
  yes: boolean
  parallel?: number | undefined
  failBudget?: number | undefined
  envFiles?: string | undefined
  signal: AbortSignal
  watch: Watch
  say(text: string): void
}

export async function rollout(wish: Wish): Promise<Report> {
  const folder = path.join(localFolder().path, 'rollouts')
  const work = () => prepared(wish, folder)
  return wish.preview ? work() : aloneInRollouts(folder, work)
}

async function prepared(wish: Wish, folder: string): Promise<Report> {
  const began = Date.now()
  const fleet = usage(() => readFleet())
  const picked = usage(() => pickStacks(wish.stacks, wish.labels))
  const all = stackNames(stacksFolder)
  usage(() => checkRings(fleet, all))
  const texts = new Map(all.map((stack) => [stack, stackFileText(stack)]))
  const own = new Map(all.map((stack) => [stack, ownSettings(texts.get(stack)!, stack)]))
  const ownOf = (stack: string) => own.get(stack)!
  const lack = withoutCanary(fleet, all, ownOf)
  if (lack) wish.say(lack)
  const failed = wish.onlyFailed ? lastFailed(folder, picked) : undefined
  const rings = usage(() => planRings(failed?.stacks ?? picked, ownOf, fleet, wish))
  const stacks = rings.flatMap((ring) => ring.stacks)
  if (stacks.length === 0) throw new UsageError(`no stack of those chosen is in ring ${wish.ring}`)
  const from = wish.preview ? undefined : (failed?.of ?? goOnWith(wish, stacks, folder))
  const id = from?.id ?? newId(began)
  const program = programHash()
  const hashes = new Map(
    stacks.map((stack) => [stack, stackHash(texts.get(stack)!, stack, ownOf(stack), fleet, program)]),
  )
  const envOf = usage(() => environments(process.env, wish.envFiles))
  const secrets = new Secrets()
  for (const stack of stacks) secrets.add(envOf(stack))
  const commit = commitOf()
  const journal = wish.preview ? undefined : new Journal(journalFile(folder, id), secrets.clean)
  const { command: engine } = await ensureEngine()
  const entries = from?.entries ?? []
  const who = { by: whoRuns(), pid: process.pid, commit }
  try {
    journal?.write(from ? { kind: 'resume', ...who } : { kind: 'begin', id, ...who, stacks })
    if (from) wish.say(`going on with rollout ${id}: ${from.done} of ${from.stacks.length} done (--fresh begins anew)`)
    const parallel = wish.parallel ?? parallelFor(thisMachine(), fleet.rollout.limits.parallel)
    const options: TenantOptions = {
      ...wish,
      engine,
      openTenant: (stack) => openTenant(stack, envOf(stack)),
      hide: (secret) => secrets.hide(secret),
    }
    const finished = await runRings(rings, {
      steps: {
        apply: (result, ring, follower, again) => applyTenant(result, ring, options, follower, again),
        reopen: (stack, facts, since) => ({ tenant: options.openTenant(stack), facts, since }),
        gate: (applied, ring) => gateTenant(applied, ring, options),
      },
      preview: wish.preview,
      signal: wish.signal,
      watch: wish.watch,
      journal,
      slots: new Slots(parallel),
      hashOf: (stack) => hashes.get(stack)!,
      decide: (stack) => decide(entries, stack, hashes.get(stack)!),
      isApproved: (ring, approved) => isApproved(entries, ring, approved),
      approve: (ring) => askForRing(ring, wish),
    })
    const tenants = JSON.parse(secrets.clean(JSON.stringify(finished.results))) as TenantResult[]
    const broken = finished.broken ?? ended(journal, finished.stopped)
    const stopped = secrets.clean(broken?.message ?? finished.stopped)
    const exitCode = exitCodeOf(tenants, { interrupted: wish.signal.aborted, broken: broken !== undefined, stopped })
    return {
      id,
      began: new Date(began).toISOString(),
      seconds: Math.round((Date.now() - began) / 100) / 10,
      commit,
      preview: wish.preview,
      exitCode,
      stopped,
      counts: countsOf(tenants),
      tenants,
    }
  } finally {
    journal?.close()
  }
}

/** @returns why the journal does not have it */
function ended(journal: Journal | undefined, stopped: string): JournalError | undefined {
  try {
    journal?.write({ kind: 'end', outcome: stopped || 'done' })
    return undefined
  } catch (error) {
    if (error instanceof JournalError) return error
    throw error
  }
}

/**
 * What failed in the newest rollout in which one of `picked` did, to be gone on with in it.
 * @throws UsageError
 */
function lastFailed(folder: string, picked: readonly string[]): { of: Unfinished; stacks: string[] } {
  for (const of of unfinishedIn(folder)) {
    const stacks = failedIn(of).filter((stack) => picked.includes(stack))
    if (stacks.length > 0) return { of, stacks }
  }
  throw new UsageError('no stack failed in a rollout that is unfinished: there is nothing to do for --only failed')
}

function usage<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/**
 * The newest rollout of the same stacks, where something of it is left.
 * @throws UsageError where there must be one
 */
function goOnWith({ resume }: Wish, stacks: readonly string[], folder: string): Unfinished | undefined {
  if (resume === false) return undefined
  let newest: Unfinished | undefined
  for (const one of unfinishedIn(folder)) {
    if (isOf(one, stacks)) return one
    newest ??= one
  }
  if (resume !== true) return undefined
  if (!newest) throw new UsageError('there is no rollout to go on with: all were finished')
  throw new UsageError(
    `the last unfinished rollout was of other stacks: ${newest.stacks.join(', ')}. Name them, or leave --resume out`,
  )
}

/** Sorts by time; the rest keeps two apart that begin in the same second. */
function newId(time: number): string {
  const stamp = new Date(time).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${stamp}-${randomBytes(2).toString('hex')}`
}

/** A file that cannot be read is its tenant's trouble, when its turn comes. */
function ownSettings(text: string, stack: string): Record<string, unknown> {
  try {
    return layersOf(text, stack, NO_FLEET)[0]!.settings
  } catch {
    return {}
  }
}
