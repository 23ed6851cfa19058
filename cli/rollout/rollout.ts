/** `entrada rollout`: what is to be done, what is left of it, and the doing. */
import { randomBytes } from 'node:crypto'
import { availableParallelism, freemem } from 'node:os'
import path from 'node:path'
import { NO_FLEET, readFleet } from '../../config/fleet.ts'
import { layersOf } from '../../config/stackFile.ts'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { localFolder } from '../local/folder.ts'
import { stackFileText } from '../stack/files.ts'
import { pickStacks } from '../stack/pick.ts'
import { openTenant } from '../stack/tenant.ts'
import { aloneInRollouts, whoRuns } from './alone.ts'
import { askForRing } from './approve.ts'
import { environments, Secrets } from './environment.ts'
import { commitOf, programHash, stackHash } from './fingerprint.ts'
import { type Entry, Journal, JournalError, journalFile, newestJournal } from './journal.ts'
import { planRings } from './plan.ts'
import { countsOf, exitCodeOf, type Report } from './report.ts'
import { isDone, type TenantResult } from './result.ts'
import { decide, isApproved, isComplete, resultsOf, stacksOf } from './resume.ts'
import { runRings, type Watch } from './run.ts'
import { parallelFor, Slots } from './slots.ts'
import { applyTenant, gateTenant, type TenantOptions } from './tenant.ts'
import { UsageError } from './usage.ts'

export interface Wish extends Pick<TenantOptions, 'preview' | 'allowDeletes' | 'policyPack' | 'patience'> {
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
  const fleet = readFleet()
  const last = newestJournal(folder)
  const chosen = choose(wish, last?.entries)
  const texts = new Map(chosen.map((stack) => [stack, stackFileText(stack)]))
  const ownOf = (stack: string) => ownSettings(texts.get(stack)!, stack)
  const rings = usage(() => planRings(chosen, ownOf, fleet, wish))
  const stacks = rings.flatMap((ring) => ring.stacks)
  if (stacks.length === 0) throw new UsageError(`no stack of those chosen is in ring ${wish.ring}`)
  const from = wish.preview ? undefined : goOnWith(wish, stacks, last)
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
    if (from) wish.say(`going on with rollout ${id}: ${doneOf(entries)} of ${stacks.length} done (--fresh begins anew)`)
    const parallel =
      wish.parallel ??
      parallelFor({ cores: availableParallelism(), freeMemory: freemem() }, fleet.rollout.limits.parallel)
    const options: TenantOptions = { ...wish, engine, openTenant: (stack) => openTenant(stack, envOf(stack)) }
    const finished = await runRings(rings, {
      steps: {
        apply: (result, ring, follower) => applyTenant(result, ring, options, follower),
        reopen: (stack, facts) => ({ tenant: options.openTenant(stack), facts }),
        gate: (applied, ring, changed) => gateTenant(applied, ring, changed, options),
      },
      preview: wish.preview,
      signal: wish.signal,
      watch: wish.watch,
      journal,
      slots: new Slots(parallel),
      hashOf: (stack) => hashes.get(stack)!,
      decide: (stack) => decide(entries, stack, hashes.get(stack)!),
      isApproved: (ring) => isApproved(entries, ring),
      approve: (ring) => askForRing(ring, wish),
    })
    const tenants = JSON.parse(secrets.clean(JSON.stringify(finished.results))) as TenantResult[]
    const broken = finished.broken ?? ended(journal, finished.stopped, tenants)
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
function ended(
  journal: Journal | undefined,
  stopped: string,
  tenants: readonly TenantResult[],
): JournalError | undefined {
  try {
    journal?.write({ kind: 'end', outcome: stopped || 'done', complete: tenants.every(isDone) })
    return undefined
  } catch (error) {
    if (error instanceof JournalError) return error
    throw error
  }
}

/** @throws UsageError */
function choose({ stacks, labels, onlyFailed }: Wish, entries: Entry[] | undefined): string[] {
  const picked = usage(() => pickStacks(stacks, labels))
  if (!onlyFailed) return picked
  const results = resultsOf(entries ?? [])
  const failed = picked.filter((stack) => ['failed', 'refused'].includes(results.get(stack)?.outcome ?? ''))
  if (failed.length === 0)
    throw new UsageError('no stack failed in the last rollout: there is nothing to do for --only failed')
  return failed
}

function usage<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** The last rollout, where it was of the same stacks and something of it is left. */
function goOnWith(
  { resume, onlyFailed }: Wish,
  stacks: readonly string[],
  last: { id: string; entries: Entry[] } | undefined,
): { id: string; entries: Entry[] } | undefined {
  if (resume === false || onlyFailed) return undefined
  const left = last && !isComplete(last.entries)
  const same = last && [...stacksOf(last.entries)].sort().join() === [...stacks].sort().join()
  if (left && same) return last
  if (resume !== true) return undefined
  if (!last || !left) throw new UsageError('there is no rollout to go on with: the last one was finished')
  throw new UsageError(
    `the last rollout was of other stacks: ${stacksOf(last.entries).join(', ')}. Name them, or leave --resume out`,
  )
}

const doneOf = (entries: readonly Entry[]): number => [...resultsOf(entries).values()].filter(isDone).length

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
