import { changesBetween } from '../common/changes.ts'
import { servicePrincipalIdOf } from '../common/ids.ts'
import { type Diff, type DiffKind, type MaybeUnknown, UNKNOWN } from '../resource.ts'
import type { AppRoleAssignmentsInputs as Inputs } from './inputs.ts'

/** Lists are sets of names here: each that comes or goes is a change at its own place, order is none. */
export function diffAssignments(olds: Inputs, news: MaybeUnknown<Inputs> & object): Diff {
  const { groups: oldGroups, users: oldUsers, servicePrincipalId: oldId, ...oldRest } = olds
  const { groups, users, servicePrincipalId, ...rest } = news
  const changes = changesBetween(
    { ...oldRest, servicePrincipalId: servicePrincipalIdOf(oldId) },
    {
      ...rest,
      servicePrincipalId: servicePrincipalId === UNKNOWN ? UNKNOWN : servicePrincipalIdOf(servicePrincipalId),
    },
    ['servicePrincipalId'],
  )
  return {
    changes: { ...changes, ...setChanges('groups', oldGroups, groups), ...setChanges('users', oldUsers, users) },
  }
}

type Names = MaybeUnknown<string[]>

function setChanges(property: string, olds: readonly string[] = [], news: Names = []): Record<string, DiffKind> {
  if (news === UNKNOWN) return { [property]: 'update' }
  const fold = (name: MaybeUnknown<string>) => (typeof name === 'string' ? name.toLowerCase() : name)
  const before = new Set(olds.map(fold))
  const after = new Set(news.map(fold))
  const changes: Record<string, DiffKind> = {}
  olds.forEach((name, index) => {
    if (!after.has(fold(name))) changes[`${property}[${index}]`] = 'delete'
  })
  news.forEach((name, index) => {
    const path = `${property}[${index}]`
    if (typeof name !== 'string' || !before.has(fold(name))) changes[path] = path in changes ? 'update' : 'add'
  })
  return changes
}
