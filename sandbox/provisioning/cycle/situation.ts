import type { Situation } from '../../../sync/decide.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import { subjectOf as decidable } from '../../../sync/subject.ts'
import type { Source } from '../../../sync/values.ts'
import type { Group, Link, ScopeFacts, User } from '../../tenant/model.ts'
import type { CycleContext } from './context.ts'

/** One source object as the decision and the mappings see it. */
export interface Subject {
  rules: ObjectRules
  id: string
  /** Undefined once it was deleted for good. */
  object: User | Group | undefined
  displayName: string
  userPrincipalName: string | null
  scope: ScopeFacts
  link: Link | null
  assigned: boolean
  source: Source
  situation: Situation
}

/** By far the most frequent; the log's records share it. */
const ALL_WELL: ScopeFacts = { active: true, assigned: true, inScope: true, clauses: {} }

function scopeFacts(
  active: boolean,
  assigned: boolean,
  inScope: boolean,
  clauses: Record<string, boolean>,
): ScopeFacts {
  const isCommon = active && assigned && inScope && Object.keys(clauses).length === 0
  return isCommon ? ALL_WELL : { active, assigned, inScope, clauses }
}

/** What an object that is gone from the source was called at the target. */
const writtenName = (link: Link | null): string =>
  String(link?.written.displayName ?? link?.written.userName ?? link?.targetId ?? '')

/** @returns null when the input filter keeps the object from being looked at */
export function subjectOf(context: CycleContext, rules: ObjectRules, id: string): Subject | null {
  const { store, entitlement, recorder, settings } = context
  const isUser = rules.objectType === 'user'
  const object = isUser ? store.users.get(id) : store.groups.get(id)
  const link = recorder.link(id)
  const assigned = object !== undefined && (isUser ? entitlement.user(id) : entitlement.group(id))
  const facts = {
    object: object as Record<string, unknown> | undefined,
    softDeleted: object ? object.deletedDateTime !== null : false,
    assigned,
    roles: isUser && assigned && rules.readsRoles ? entitlement.roles(id) : [],
    link: link && { disabled: link.disabled, unmanaged: link.unmanaged === true },
  }
  const { skipOutOfScopeDeletions } = settings
  const subject = decidable(rules, facts, { skipOutOfScopeDeletions, onDemand: context.onDemand !== undefined })
  if (!subject) return null
  const { enabled, deleted, unscoped, source, situation } = subject
  return {
    rules,
    id,
    object,
    displayName: object?.displayName ?? writtenName(link),
    userPrincipalName: isUser ? ((object as User | undefined)?.userPrincipalName ?? null) : null,
    scope: scopeFacts(enabled && !deleted, assigned, situation.inScope, rules.scopeDetails(unscoped)),
    link,
    assigned,
    source,
    situation,
  }
}
