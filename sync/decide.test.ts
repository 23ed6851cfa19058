import { expect, test } from '@jest/globals'
import { type Decision, decide, type Situation } from './decide.ts'

const IN_SCOPE: Situation = {
  objectType: 'user',
  source: 'present',
  enabled: true,
  inScope: true,
  link: null,
  flow: { add: true, update: true, delete: true },
  softDeleteMapped: true,
  softDeleteSupported: true,
  skipOutOfScopeDeletions: false,
}
const LINK = { disabled: false, unmanaged: false }
const OUT = { link: LINK, inScope: false }
const CREATE_OFF = { flow: { add: false, update: true, delete: true } }
const UPDATE_OFF = { flow: { add: true, update: false, delete: true } }
const DELETE_OFF = { flow: { add: true, update: true, delete: false } }
const skip = (reason: Extract<Decision, { do: 'skip' }>['reason']): Decision => ({ do: 'skip', reason })

// Rows of the decision table, in its order, then what the rows leave out.
test.each<[string, Partial<Situation>, Decision]>([
  ['in scope, not yet asked for', {}, { do: 'match' }],
  ['in scope, no match', { match: 'none' }, { do: 'create' }],
  ['in scope, no match, Create off', { match: 'none', ...CREATE_OFF }, skip('AddNotAllowed')],
  ['in scope, one match', { match: 'one' }, { do: 'compare' }],
  ['in scope, one match that differs', { match: 'one', differs: true }, { do: 'update' }],
  ['in scope, one match that is equal', { match: 'one', differs: false }, { do: 'link' }],
  ['linked, no difference', { link: LINK, differs: false }, skip('RedundantExport')],
  ['linked, different', { link: LINK, differs: true }, { do: 'update' }],
  ['disabled in the source and never provisioned', { enabled: false }, skip('NotActiveInSource')],
  ['linked, unassigned or filtered out', OUT, { do: 'disable' }],
  ['linked, soft-deleted', { link: LINK, source: 'softDeleted' }, { do: 'disable' }],
  ['linked, disabled in the source', { link: LINK, enabled: false }, { do: 'disable' }],
  ['linked, unassigned, Update off', { ...OUT, ...UPDATE_OFF }, skip('UpdateNotAllowed')],
  ['unassigned, target without soft delete', { ...OUT, softDeleteSupported: false }, { do: 'delete' }],
  ['unassigned, SkipOutOfScopeDeletions', { ...OUT, skipOutOfScopeDeletions: true }, skip('SkipOutOfScopeDeletions')],
  [
    'disabled in the source, SkipOutOfScopeDeletions',
    { link: LINK, enabled: false, skipOutOfScopeDeletions: true },
    { do: 'disable' },
  ],
  ['unassigned, no IsSoftDeleted mapping', { ...OUT, softDeleteMapped: false }, skip('SoftDeleteNotMapped')],
  ['linked, hard-deleted', { link: LINK, source: 'hardDeleted' }, { do: 'delete' }],
  ['linked, hard-deleted, Delete off', { link: LINK, source: 'hardDeleted', ...DELETE_OFF }, skip('DeleteNotAllowed')],
  [
    'disabled as soft-deleted, then hard-deleted',
    { link: { disabled: true, unmanaged: false }, source: 'hardDeleted' },
    { do: 'delete' },
  ],
  [
    'unassigned earlier, then deleted',
    { link: { disabled: true, unmanaged: true }, source: 'hardDeleted', inScope: false },
    skip('NoLongerManaged'),
  ],
  ['disabled earlier, back in scope', { link: { disabled: true, unmanaged: true } }, { do: 'restore' }],
  [
    'disabled earlier, back in scope, asked for by hand',
    { link: { disabled: true, unmanaged: true }, onDemand: true },
    skip('RestoreNotSupportedOnDemand'),
  ],
  ['group unassigned', { ...OUT, objectType: 'group' }, { do: 'delete' }],
  ['group soft-deleted', { link: LINK, objectType: 'group', source: 'softDeleted' }, { do: 'delete' }],
  ['group unassigned, Delete off', { ...OUT, objectType: 'group', ...DELETE_OFF }, skip('DeleteNotAllowed')],
  ['group assigned again', { objectType: 'group', match: 'none' }, { do: 'create' }],
  ['hard-deleted user assigned again', { match: 'none' }, { do: 'create' }],
  ['several matches', { match: 'many' }, { do: 'fail', errorCode: 'DuplicateTargetEntries' }],
  ['one match, Update off', { match: 'one', ...UPDATE_OFF }, { do: 'link' }],
  ['linked, Update off', { link: LINK, ...UPDATE_OFF }, skip('UpdateNotAllowed')],
  ['never provisioned and out of scope', { inScope: false }, skip('NotEffectivelyEntitled')],
  ['disabled by us already', { ...OUT, link: { disabled: true, unmanaged: true } }, skip('AlreadyDisabled')],
])('%s', (_, situation, decision) => {
  expect(decide({ ...IN_SCOPE, ...situation })).toEqual(decision)
})
