import { decide } from '../../../sync/decide.ts'
import type { Job } from '../../tenant/model.ts'
import type { Candidates } from './candidates.ts'
import type { CycleContext } from './context.ts'
import { subjectOf } from './situation.ts'

/**
 * Accidental deletion prevention: when a cycle would disable or delete more objects than the threshold allows, they
 * are held back. Decided before anything is written, since what is linked needs no query to be decided. What was let
 * through when the others were first held counts for as long as they are: cycle by cycle, all would go otherwise.
 * Source: Microsoft Learn, "Enable accidental deletions prevention in the Microsoft Entra provisioning service".
 * @returns whether deletions are held; their ids are in `context.held`
 */
export function holdDeletions(context: CycleContext, candidates: Candidates): boolean {
  const { settings, job } = context
  if (settings.deletionGuard === null || job.forceDeletes) return false
  const threshold = settings.deletionGuard.threshold ?? thresholdOf(job)
  const leaving: string[] = []
  for (const [rules, ids] of [
    [context.rules.user, candidates.users],
    [context.rules.group, candidates.groups],
  ] as const) {
    if (!rules) continue
    for (const id of ids) {
      if (!context.recorder.link(id)) continue
      const subject = subjectOf(context, rules, id)
      const decision = subject && decide(subject.situation)
      if (decision?.do === 'disable' || decision?.do === 'delete') leaving.push(id)
    }
  }
  const before = job.deletionsLetThrough ?? 0
  if (leaving.length === 0 || before + leaving.length <= threshold) return false
  const executed = context.switches.deletionsUpToThreshold === 'executed' && before === 0 ? threshold : 0
  for (const id of leaving.slice(executed)) context.held.add(id)
  context.recorder.deletionsLetThrough = before + executed
  return true
}

/** Where the notification settings name none. @returns Infinity where the job's setting is no number */
export function thresholdOf({ synchronizationJobSettings }: Job): number {
  const setting = synchronizationJobSettings.find(({ name }) => name === 'QuarantineTooManyDeletesThreshold')
  return /^\d+$/.test(setting?.value ?? '') ? Number(setting!.value) : Number.POSITIVE_INFINITY
}
