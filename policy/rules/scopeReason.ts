import type { Rule } from '../rule.ts'

export const scopeReason: Rule = {
  name: 'scope-reason',
  level: 'mandatory',
  what: 'Everybody is in scope only for a stated reason.',
  why: 'With scope all, every user of the tenant gets an account, guests and service accounts too, and each takes a licence.',
  fix: 'Set entrada:scope to assigned and assign groups, or say why in entrada:scopeReason.',
  check({ type, props: { scope, scopeReason } }) {
    if (type !== 'entrasync:index:ProvisioningJob' || scope !== 'all') return []
    const missing = scopeReason === undefined || (typeof scopeReason === 'string' && scopeReason.trim() === '')
    return missing ? ['scope is all, and scopeReason is not set'] : []
  },
}
