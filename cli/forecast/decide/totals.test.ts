import { describe, expect, test } from '@jest/globals'
import type { Entry } from '../model.ts'
import { applyGuard, applyLicences } from './totals.ts'

const entry = (more: Partial<Entry>): Entry => ({
  kind: 'user',
  id: '1',
  name: 'Somebody',
  login: null,
  outcome: 'create',
  ...more,
})
const times = (count: number, more: Partial<Entry> = {}): Entry[] => Array.from({ length: count }, () => entry(more))
const pool = { type: 'named', seats: 10, held: 8, waiting: 0 }

describe('licences', () => {
  test('go to who comes first; the last to come wait', () => {
    const entries = times(4)
    expect(applyLicences(entries, pool)).toMatchObject({ held: 10, waiting: 2 })
    expect(entries.map(({ waits }) => waits ?? false)).toEqual([false, false, true, true])
  })

  test('are freed by who leaves, and wanted by who is active again', () => {
    const active = [{ attribute: 'active', before: 'False', after: 'True' }]
    const entries = [
      ...times(3, { outcome: 'disable' }),
      ...times(2, { outcome: 'match', changes: active }),
      ...times(1, { outcome: 'update', restored: true, changes: [] }),
      ...times(3),
    ]
    expect(applyLicences(entries, pool)).toMatchObject({ held: 10, waiting: 1 })
  })

  test.each([
    ['without limit', { ...pool, seats: null }, { held: 12, waiting: 0 }],
    ['fewer than are taken: nobody loses one', { ...pool, seats: 5 }, { held: 8, waiting: 4 }],
    ['for those who wait already first', { ...pool, waiting: 2 }, { held: 10, waiting: 4 }],
  ])('%s', (_, given, expected) => {
    expect(applyLicences(times(4), given)).toMatchObject(expected)
  })

  test('are kept by who is held back, and are none of a group', () => {
    const entries = [...times(2, { outcome: 'disable', held: true }), ...times(2, { kind: 'group' })]
    expect(applyLicences(entries, pool)).toMatchObject({ held: 8, waiting: 0 })
  })
})

describe('the guard', () => {
  const leaving = () => [...times(2, { outcome: 'disable' }), ...times(1, { outcome: 'delete', kind: 'group' })]

  test('lets as many go as the threshold says', () => {
    expect(applyGuard(leaving(), 3)).toEqual({ threshold: 3, deletions: 3, holds: false })
  })

  test('holds all of more', () => {
    const entries = leaving()
    expect(applyGuard(entries, 2)).toEqual({ threshold: 2, deletions: 3, holds: true })
    expect(entries.every(({ held }) => held)).toBe(true)
  })

  test('holds nothing where there is none', () => {
    expect(applyGuard(leaving(), null)).toEqual({ threshold: null, deletions: 3, holds: false })
  })
})
