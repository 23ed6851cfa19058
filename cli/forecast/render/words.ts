/** What a forecast is called in, the same in every form it is shown. */
import type { Change, Entry, Forecast, Outcome, Reason } from '../model.ts'

export const TITLES: Readonly<Record<Outcome, string>> = {
  create: 'created',
  match: 'matched',
  update: 'changed',
  disable: 'disabled',
  delete: 'deleted',
  refuse: 'refused',
  leaveOut: 'left out',
  unchanged: 'unchanged',
}

const REASONS: Readonly<Record<Reason, string>> = {
  notAssigned: 'not assigned',
  nestedOnly: 'only through a nested group',
  groupNotSecurityEnabled: 'the group is not a security group',
  scopingFilter: 'scoping filter',
  inputFilter: 'input filter',
  disabled: 'disabled in Entra',
  softDeleted: 'deleted in Entra',
  noMatchingValue: 'no value to be matched by',
  createOff: 'the mapping creates nobody',
  updateOff: 'the mapping updates nobody',
  deleteOff: 'the mapping deletes nobody',
  skipsDeletions: 'who leaves the scope is left alone',
  softDeleteNotMapped: 'active is not mapped',
  alreadyDisabled: 'disabled already',
  noLongerManaged: 'not managed any more',
}

/** Shown one by one; the others are counted. */
export const SHOWN: readonly Outcome[] = ['refuse', 'delete', 'disable', 'create', 'match', 'update', 'leaveOut']

/** Why, as far as there is anything to say. */
export function reasonOf({ reason, error, detail }: Entry): string {
  const why = error ?? (reason && REASONS[reason])
  return [why, detail].filter(Boolean).join(': ')
}

/** What else there is to an entry. */
export function marksOf({ guest, restored, held, waits, members, differs, unproven }: Entry): string[] {
  return [
    guest ? 'guest' : [],
    restored ? 'active again' : [],
    held ? 'held back' : [],
    waits ? 'waits for a licence' : [],
    members
      ? `members ${members.added > 0 ? `+${members.added}` : ''}${members.removed > 0 ? ` -${members.removed}` : ''}`.replace(
          '  ',
          ' ',
        )
      : [],
    differs === 'gone'
      ? 'gone from the target'
      : differs
        ? `differs at the target (${differs.map(changeText).join(', ')})`
        : [],
    unproven ? 'not proven by the log' : [],
  ].flat()
}

/** `title: Clerk -> Buyer`; what is new has no arrow. */
export const changeText = ({ attribute, before, after }: Change): string =>
  before === null ? `${attribute}: ${after ?? ''}` : `${attribute}: ${before} -> ${after ?? 'nothing'}`

export const reasonCounts = ({ leftOut }: Forecast): string[] =>
  Object.entries(leftOut)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${REASONS[reason as Reason]}`)

export function guardText({ guard: { threshold, deletions, holds } }: Forecast): string {
  if (threshold === null) return `${deletions} disabled or deleted; no deletion guard is set`
  const verdict = holds ? 'MORE than the deletion guard allows: all are held back' : 'within the deletion guard'
  return `${deletions} disabled or deleted of ${threshold} allowed: ${verdict}`
}

export function licencesText({ licences }: Forecast): string | undefined {
  if (!licences) return undefined
  const { type, seats, held, waitingBefore, waiting } = licences
  if (seats === null) return `${type}: ${held} taken, no limit`
  const before = waitingBefore === waiting ? '' : ` (${waitingBefore} now)`
  return `${type}: ${held} of ${seats} taken, ${waiting} wait${before}`
}

/** Terminals, spreadsheets and pages are written for one line a name. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
