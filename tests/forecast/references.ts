/** Memberships and managers at the target before and after a cycle. */

import type { Forecast } from '../../cli/forecast/model.ts'
import { parsePath, readPath } from '../../sync/scim/path.ts'
import type { World } from './world.ts'

export const MANAGER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'

interface Referring {
  members: Map<string, Set<string>>
  managers: Map<string, string>
}

/** By object id in Entra, of those that the job manages, what the target has. */
export function referring({ store, target, job }: World): Referring {
  const found: Referring = { members: new Map(), managers: new Map() }
  for (const link of store.linksOf(job().id)) {
    if (link.objectType === 'group') {
      const members = (target.resources.Groups.get(link.targetId)?.members ?? []) as { value: string }[]
      found.members.set(link.objectId, new Set(members.map(({ value }) => value)))
    } else {
      const user = target.resources.Users.get(link.targetId)
      found.managers.set(link.objectId, String((user && readPath(user, parsePath(MANAGER))) || ''))
    }
  }
  return found
}

/**
 * One line for each group or user whose references did not change as was forecast.
 * @param isThere whether the target still has an object: who is deleted is no member any more
 */
export function differingReferences(
  forecast: Forecast,
  before: Referring,
  after: Referring,
  isThere: (targetId: string) => boolean,
): string[] {
  return forecast.entries.flatMap((entry) => {
    const { id, kind, outcome, members, changes = [], unproven } = entry
    if (unproven) return []
    if (outcome === 'delete' || outcome === 'disable' || outcome === 'refuse' || outcome === 'leaveOut') return []
    if (kind === 'group') {
      const [was, is] = [membersIn(before, id), membersIn(after, id)]
      const added = [...is].filter((one) => !was.has(one)).length
      const removed = [...was].filter((one) => !is.has(one) && isThere(one)).length
      const expected = members ?? { added: 0, removed: 0 }
      if (added === expected.added && removed === expected.removed) return []
      return [`${id}: forecast ${JSON.stringify(expected)}, was ${JSON.stringify({ added, removed })}`]
    }
    const changed = (before.managers.get(id) ?? '') !== (after.managers.get(id) ?? '')
    const expected = changes.some(({ attribute }) => attribute === MANAGER)
    return changed === expected ? [] : [`${id}: manager forecast ${expected}, was ${changed}`]
  })
}

const membersIn = ({ members }: Referring, id: string): Set<string> => members.get(id) ?? new Set()
