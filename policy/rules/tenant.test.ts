import { describe, expect, test } from '@jest/globals'
import { JOB, violations } from '../testing.ts'
import { type Props, UNKNOWN } from '../values.ts'
import { deletionGuard } from './deletionGuard.ts'
import { failureMail } from './failureMail.ts'
import { leaversLoseAccess } from './leaversLoseAccess.ts'
import { scopeReason } from './scopeReason.ts'

describe('failure-mail', () => {
  test('asks for an address, in production', () => {
    expect(violations(failureMail, JOB, {})).toEqual(['notificationEmail is not set'])
    expect(violations(failureMail, JOB, { notificationEmail: '' })).toHaveLength(1)
    expect(violations(failureMail, JOB, {}, { production: false })).toEqual([])
  })

  test('takes an address, also one that is not known yet, and leaves other resources alone', () => {
    expect(violations(failureMail, JOB, { notificationEmail: 'ops@contoso.example' })).toEqual([])
    expect(violations(failureMail, JOB, { notificationEmail: UNKNOWN })).toEqual([])
    expect(violations(failureMail, 'entrasync:index:GalleryApplication', {})).toEqual([])
  })
})

describe('deletion-guard', () => {
  const guard = (accidentalDeletions: Props) => violations(deletionGuard, JOB, { accidentalDeletions })

  test('must be on, at no more than the maximum', () => {
    expect(guard({ enabled: false, threshold: 10 })).toEqual(['accidentalDeletions.enabled is false'])
    expect(guard({ enabled: true, threshold: 501 })).toEqual(['accidentalDeletions.threshold is 501, above 500'])
    const settings = { maximum: 50 }
    expect(violations(deletionGuard, JOB, { accidentalDeletions: { threshold: 51 } }, { settings })).toHaveLength(1)
  })

  test('is on where nothing is said', () => {
    expect(violations(deletionGuard, JOB, {})).toEqual([])
    expect(violations(deletionGuard, JOB, { accidentalDeletions: UNKNOWN })).toEqual([])
    expect(guard({ enabled: true, threshold: 500 })).toEqual([])
    expect(guard({ enabled: UNKNOWN, threshold: UNKNOWN })).toEqual([])
  })
})

test('scope-reason asks for a reason where everybody is in scope, in a test too', () => {
  const expected = ['scope is all, and scopeReason is not set']
  expect(violations(scopeReason, JOB, { scope: 'all' })).toEqual(expected)
  expect(violations(scopeReason, JOB, { scope: 'all', scopeReason: '  ' }, { production: false })).toEqual(expected)
  expect(violations(scopeReason, JOB, { scope: 'all', scopeReason: 'agreed by the works council' })).toEqual([])
  expect(violations(scopeReason, JOB, { scope: 'all', scopeReason: UNKNOWN })).toEqual([])
  expect(violations(scopeReason, JOB, { scope: 'assigned' })).toEqual([])
  expect(violations(scopeReason, JOB, { scope: UNKNOWN })).toEqual([])
})

test('leavers-lose-access mentions accounts that stay', () => {
  expect(violations(leaversLoseAccess, JOB, { skipOutOfScopeDeletions: true })).toHaveLength(1)
  for (const skipOutOfScopeDeletions of [false, undefined, UNKNOWN] as const) {
    expect(violations(leaversLoseAccess, JOB, { skipOutOfScopeDeletions })).toEqual([])
  }
})
