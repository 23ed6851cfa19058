import type { Situation } from './decide.ts'
import type { ObjectRules } from './rules.ts'
import { entraSource } from './source.ts'
import type { Complex, Source } from './values.ts'

/** What is known of one source object before anything is decided. */
export interface Facts {
  /** Properties named as in Graph; undefined once it was deleted for good. */
  object: Readonly<Record<string, unknown>> | undefined
  /** In deleted items. */
  softDeleted: boolean
  /** Assigned to the application, or everything is synchronized. */
  assigned: boolean
  /** As the attribute `appRoleAssignments`; empty where no mapping reads it. */
  roles: readonly Complex[]
  link: Situation['link']
}

/** One source object as the decision and the mappings see it. */
export interface Subject {
  enabled: boolean
  deleted: boolean
  /** As scoping filters read it: not yet marked as left out by them. */
  unscoped: Source
  source: Source
  situation: Situation
}

const NO_SOURCE: Source = () => null

/** @returns null when the input filter keeps the object from being looked at */
export function subjectOf(
  rules: ObjectRules,
  { object, softDeleted, assigned, roles, link }: Facts,
  settings: { skipOutOfScopeDeletions: boolean; onDemand: boolean },
): Subject | null {
  const isUser = rules.objectType === 'user'
  const enabled = !isUser || object?.accountEnabled !== false
  const deleted = !object || softDeleted
  const read = (isSoftDeleted: boolean): Source => (object ? entraSource(object, isSoftDeleted, roles) : NO_SOURCE)
  const unscoped = read(!assigned || deleted || !enabled)
  if (object && !rules.inputScope(unscoped)) return null
  const inScope = assigned && rules.scope(unscoped)
  return {
    enabled,
    deleted,
    unscoped,
    source: inScope ? unscoped : read(true),
    situation: {
      objectType: rules.objectType,
      source: !object ? 'hardDeleted' : deleted ? 'softDeleted' : 'present',
      enabled,
      inScope,
      link,
      flow: rules.flow,
      softDeleteMapped: rules.mappings.some((mapping) => mapping.softDelete),
      softDeleteSupported: rules.softDeleteSupported,
      ...settings,
    },
  }
}

/** Present in the source, but out of scope: from then on the object is not managed any more. */
export const leftScope = ({ source, inScope }: Situation): boolean => source === 'present' && !inScope
