import type { Candidates } from './candidates.ts'
import type { CycleContext } from './context.ts'
import { holdDeletions } from './guard.ts'
import { processObject } from './object.ts'
import { forEachLimited } from './pool.ts'
import { type Cause, tooManyFailures } from './quarantine.ts'
import { processReferences } from './references.ts'

/** Objects and then references done, of all there are. */
export type OnProgress = (completed: number, total: number) => void

/**
 * Provisions the candidates: users, then groups, then what refers from one to another.
 * @returns what puts the job into quarantine, if anything does
 */
export async function runCandidates(
  context: CycleContext,
  candidates: Candidates,
  onProgress: OnProgress,
): Promise<Cause | null> {
  const { rules, recorder, switches } = context
  const held = holdDeletions(context, candidates)
  const work = [
    { rules: rules.user, ids: candidates.users },
    { rules: rules.group, ids: candidates.groups },
  ]
  const total = work.reduce(
    (sum, { rules, ids }) => sum + (rules ? ids.size * (rules.references.length > 0 ? 2 : 1) : 0),
    0,
  )
  let completed = 0
  const stopped = () => context.stopped()
  for (const step of [processObject, processReferences]) {
    for (const { rules, ids } of work) {
      if (!rules || (step === processReferences && rules.references.length === 0)) continue
      await forEachLimited(ids, switches.concurrency, stopped, async (id) => {
        await step(context, rules, id)
        onProgress(++completed, total)
      })
    }
  }
  for (const ids of [candidates.users, candidates.groups]) {
    for (const id of ids) if (!context.stopped() && recorder.outcomeOf(id) !== 'failed') recorder.dropEscrow(id)
  }
  recorder.flush()
  return cause(context, held)
}

function cause({ recorder, held: ids }: CycleContext, held: boolean): Cause | null {
  if (held) {
    const message = `${ids.size} deletions are held back: more than the threshold for accidental deletions allows.`
    return { reason: 'TooManyDeletes', error: { code: 'TooManyDeletes', message } }
  }
  const failures = recorder.counts('user').failed + recorder.counts('group').failed - recorder.referenceFailures
  const reason = tooManyFailures(failures, recorder.referenceFailures, recorder.exports)
  if (reason === null) return null
  return { reason, error: { code: reason, message: `${failures} objects failed in one cycle.` } }
}
