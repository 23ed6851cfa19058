import type { Rule } from '../rule.ts'

export const failureMail: Rule = {
  name: 'failure-mail',
  level: 'mandatory',
  production: 'only',
  what: 'Somebody gets the mails about failures.',
  why: 'Quarantine and held-back deletions are told by mail; without one, people are not provisioned and nobody knows.',
  fix: 'Set entrada:notificationEmail to a mailbox that is read.',
  check({ type, props: { notificationEmail } }) {
    if (type !== 'entrasync:index:ProvisioningJob') return []
    return notificationEmail === undefined || notificationEmail === '' ? ['notificationEmail is not set'] : []
  },
}
