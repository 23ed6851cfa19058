import type { AppRoleAssignment, Group } from './model.ts'
import type { Change } from './store.ts'

/** Objects that a write may have brought into or out of an application's scope; undefined when there are none. */
export function touchedBy(kind: Change['kind'], now: unknown, before: unknown): readonly string[] | undefined {
  if (kind === 'user') return undefined
  const touched =
    kind === 'group'
      ? membersTouched(now as Group | undefined, before as Group | undefined)
      : [now, before].flatMap((assignment) => (assignment ? [(assignment as AppRoleAssignment).principalId] : []))
  return touched.length > 0 ? [...new Set(touched)] : undefined
}

/** Who joined or left; everybody when the group itself can be assigned from now on, or no more. */
function membersTouched(now: Group | undefined, before: Group | undefined): string[] {
  const [current, former] = [now?.memberIds ?? [], before?.memberIds ?? []]
  if (isUsable(now) !== isUsable(before)) return [...current, ...former]
  if (current === former) return []
  const [is, was] = [new Set(current), new Set(former)]
  return [...current.filter((id) => !was.has(id)), ...former.filter((id) => !is.has(id))]
}

const isUsable = (group: Group | undefined): boolean =>
  group?.securityEnabled === true && group.deletedDateTime === null
