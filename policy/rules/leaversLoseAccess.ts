import type { Rule } from '../rule.ts'

export const leaversLoseAccess: Rule = {
  name: 'leavers-lose-access',
  level: 'advisory',
  what: 'Who falls out of scope loses the account.',
  why: 'With skipOutOfScopeDeletions people who left a group keep access and licence until somebody looks.',
  fix: 'Leave skipOutOfScopeDeletions out once the migration that needed it is done.',
  check({ type, props }) {
    if (type !== 'entrasync:index:ProvisioningJob') return []
    return props.skipOutOfScopeDeletions === true ? ['skipOutOfScopeDeletions is true'] : []
  },
}
