/** Target object actions of a mapping (Graph `flowTypes`). */
export interface Flow {
  add: boolean
  update: boolean
  delete: boolean
}

/** All that decides what becomes of one source object; what costs a request is undefined until it was asked for. */
export interface Situation {
  objectType: 'user' | 'group'
  /** Soft-deleted: in deleted items. Hard-deleted: gone from the directory. */
  source: 'present' | 'softDeleted' | 'hardDeleted'
  /** `accountEnabled`; true for groups. */
  enabled: boolean
  /** Assigned (or everything is synchronized) and passing the scoping filter. */
  inScope: boolean
  /** What is known of the object at the target; null: never provisioned by this job. */
  link: null | {
    /** We disabled it. */
    disabled: boolean
    /** It had left the scope when it was disabled or left alone; from then on it is not managed any more. */
    unmanaged: boolean
  }
  /** Result of the matching query; undefined while it has not been sent. */
  match?: 'none' | 'one' | 'many'
  /** Whether the target differs from what is mapped; undefined while it has not been compared. */
  differs?: boolean
  flow: Flow
  /** `active` is mapped from IsSoftDeleted. */
  softDeleteMapped: boolean
  /** False for a target type that cannot disable; out of scope then means deletion. */
  softDeleteSupported: boolean
  skipOutOfScopeDeletions: boolean
  /** Asked for by hand: what is disabled or deleted in the source, or was disabled by us, is then left alone. */
  onDemand?: boolean
}

export type SkipReason =
  | 'NotEffectivelyEntitled'
  | 'NotActiveInSource'
  | 'RedundantExport'
  | 'AddNotAllowed'
  | 'UpdateNotAllowed'
  | 'DeleteNotAllowed'
  | 'SkipOutOfScopeDeletions'
  | 'SoftDeleteNotMapped'
  | 'AlreadyDisabled'
  | 'NoLongerManaged'
  | 'RestoreNotSupportedOnDemand'

export type Decision =
  /** Send the matching query and decide again with `match`. */
  | { do: 'match' }
  /** Compare with the target and decide again with `differs`. */
  | { do: 'compare' }
  | { do: 'create' }
  /** PATCH what differs; link the object if it was matched just now. */
  | { do: 'update' }
  /** Matched and equal: remember the target's id, write nothing. */
  | { do: 'link' }
  | { do: 'disable' }
  /** PATCH `active` back, and what differs. */
  | { do: 'restore' }
  | { do: 'delete' }
  | { do: 'skip'; reason: SkipReason }
  | { do: 'fail'; errorCode: 'DuplicateTargetEntries' }

const skip = (reason: SkipReason): Decision => ({ do: 'skip', reason })

/**
 * What provisioning does with one object.
 * Source: Microsoft Learn, "How Application Provisioning works in Microsoft Entra ID", "Skip deletion of user accounts
 * that go out of scope", and "On-demand provisioning in Microsoft Entra ID", limits.
 */
export function decide(situation: Situation): Decision {
  const { source, enabled, inScope } = situation
  if (source === 'present' && inScope && enabled) return provision(situation)
  if (situation.onDemand && (source !== 'present' || !enabled)) return skip('NotActiveInSource')
  return situation.link
    ? deprovision(situation, situation.link)
    : skip(inScope ? 'NotActiveInSource' : 'NotEffectivelyEntitled')
}

function provision({ link, match, differs, flow, onDemand }: Situation): Decision {
  if (!link) {
    if (match === undefined) return { do: 'match' }
    if (match === 'many') return { do: 'fail', errorCode: 'DuplicateTargetEntries' }
    if (match === 'none') return flow.add ? { do: 'create' } : skip('AddNotAllowed')
    if (!flow.update) return { do: 'link' }
    if (differs === undefined) return { do: 'compare' }
    return differs ? { do: 'update' } : { do: 'link' }
  }
  if (link.disabled && onDemand) return skip('RestoreNotSupportedOnDemand')
  if (link.disabled) return flow.update ? { do: 'restore' } : skip('UpdateNotAllowed')
  if (!flow.update) return skip('UpdateNotAllowed')
  if (differs === undefined) return { do: 'compare' }
  return differs ? { do: 'update' } : skip('RedundantExport')
}

function deprovision(situation: Situation, link: NonNullable<Situation['link']>): Decision {
  const { objectType, source, inScope, flow, skipOutOfScopeDeletions } = situation
  const leftScope = source === 'present' && !inScope
  if (source === 'hardDeleted') {
    if (link.unmanaged) return skip('NoLongerManaged')
    return flow.delete ? { do: 'delete' } : skip('DeleteNotAllowed')
  }
  if (leftScope && skipOutOfScopeDeletions) return skip('SkipOutOfScopeDeletions')
  // A group has no `active`: leaving is deletion.
  if (objectType === 'group') return flow.delete ? { do: 'delete' } : skip('DeleteNotAllowed')
  if (link.disabled) return skip('AlreadyDisabled')
  if (!situation.softDeleteSupported) return flow.delete ? { do: 'delete' } : skip('DeleteNotAllowed')
  if (!situation.softDeleteMapped) return skip('SoftDeleteNotMapped')
  return flow.update ? { do: 'disable' } : skip('UpdateNotAllowed')
}
