import type { Rule } from '../rule.ts'
import { at } from '../values.ts'

export const deletionGuard: Rule = {
  name: 'deletion-guard',
  level: 'mandatory',
  what: 'Many deletions in one cycle wait for approval.',
  why: 'A wrong group or filter otherwise takes the accounts of everybody who falls out of scope.',
  fix: 'Leave entrada:accidentalDeletions.enabled at true, with a threshold of no more deletions than a usual day has.',
  settings: {
    maximum: { type: 'integer', minimum: 1, default: 500, description: 'The highest threshold that is accepted.' },
  },
  check({ type, props }, { settings: { maximum } }) {
    if (type !== 'entrasync:index:ProvisioningJob') return []
    if (at(props, 'accidentalDeletions.enabled') === false) return ['accidentalDeletions.enabled is false']
    const threshold = at(props, 'accidentalDeletions.threshold')
    if (typeof threshold !== 'number' || threshold <= (maximum as number)) return []
    return [`accidentalDeletions.threshold is ${threshold}, above ${maximum}`]
  },
}
