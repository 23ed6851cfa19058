import type { Rules } from '../../../sync/rules.ts'
import { parsePath, readPath } from '../../../sync/scim/path.ts'
import type { Entry, Kind } from '../model.ts'
import type { World } from './foresight.ts'
import type { Presence } from './presence.ts'

/** What refers from one object to another: kept beside the entries until everybody's is known. */
export interface References {
  /** By user, the object id of the manager; only where a mapping reads it. */
  managers: ReadonlyMap<string, string>
  /** By group, the object ids of its direct members; only where a mapping reads them. */
  members: ReadonlyMap<string, readonly string[]>
}

/**
 * Second step of a cycle: managers and members, written once the objects exist. Who is not provisioned is left out.
 * Source: Microsoft Learn, "Known issues for provisioning in Microsoft Entra ID".
 * @returns how many references hang on when they were made: somebody newly provisioned is added to what was written
 *   before only when the reference itself is new
 */
export function addReferences(
  world: World,
  presence: Presence,
  entries: ReadonlyMap<string, Entry>,
  references: References,
): number {
  const step = new ReferenceStep(world, presence, entries)
  for (const entry of entries.values()) {
    if (presence.standing(entry.id) !== 'active') continue
    if (entry.kind === 'user') step.manager(entry, references.managers.get(entry.id))
    else step.members(entry, references.members.get(entry.id) ?? [])
  }
  return step.late
}

const pathOf = (rules: Rules, kind: Kind, sourceAttribute: string): string | undefined =>
  rules[kind]?.references.find((one) => one.sourceAttribute === sourceAttribute)?.target.path.text

class ReferenceStep {
  late = 0
  readonly #world: World
  readonly #presence: Presence
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #managerPath: string | undefined
  readonly #mapsMembers: boolean

  constructor(world: World, presence: Presence, entries: ReadonlyMap<string, Entry>) {
    this.#world = world
    this.#presence = presence
    this.#entries = entries
    this.#managerPath = pathOf(world.rules, 'user', 'manager')
    this.#mapsMembers = pathOf(world.rules, 'group', 'members') !== undefined
  }

  manager(entry: Entry, managerId: string | undefined): void {
    const path = this.#managerPath
    if (path === undefined) return
    const before = this.#managerAt(entry, path)
    if (managerId === undefined) {
      if (before !== null && this.#world.links.of(entry.id)) this.#change(entry, path, before, null)
      return
    }
    if (!this.#isProvisioned(managerId)) return
    const targetId = this.#presence.targetIdOf(managerId)
    if (targetId !== undefined && targetId === before) return
    // Written when the user was, it stays left out until the reference changes.
    if (this.#isLate(entry, managerId)) this.late += 1
    else this.#change(entry, path, before, this.#entries.get(managerId)?.login ?? managerId)
  }

  members(entry: Entry, memberIds: readonly string[]): void {
    if (!this.#mapsMembers) return
    const targetId = entry.outcome === 'create' ? undefined : this.#presence.targetIdOf(entry.id)
    const held = targetId === undefined ? undefined : this.#world.target?.members(targetId)
    const present = memberIds.filter((id) => this.#isProvisioned(id))
    const missing = present.filter((id) => {
      const member = this.#presence.targetIdOf(id)
      return member === undefined || !held?.has(member)
    })
    this.late += missing.filter((id) => this.#isLate(entry, id)).length
    const wanted = new Set(memberIds)
    // Who is deleted at the target is no member of anything any more.
    const gone = Array.from(held ?? []).filter((member) => {
      const owners = this.#world.links.to(member).filter((owner) => this.#presence.standing(owner) !== 'dropped')
      return owners.length > 0 && !owners.some((owner) => wanted.has(owner))
    })
    if (missing.length + gone.length === 0) return
    entry.members = { added: missing.length, removed: gone.length }
    changed(entry)
  }

  #managerAt(entry: Entry, path: string): string | null {
    const written = this.#world.links.of(entry.id)?.written[path]
    if (written !== undefined) return written
    const targetId = entry.outcome === 'create' ? undefined : this.#presence.targetIdOf(entry.id)
    const resource = targetId === undefined ? undefined : this.#world.target?.resource('user', targetId)
    const held = resource && readPath(resource, parsePath(path))
    const value = typeof held === 'object' && held !== null ? (held as { value?: unknown }).value : held
    return value === undefined || value === null || value === '' ? null : String(value)
  }

  /** Disabled accounts keep their memberships, unless they have left the scope. */
  #isProvisioned(id: string): boolean {
    const standing = this.#presence.standing(id)
    return standing === 'active' || standing === 'passive'
  }

  /** The one is managed already, and the other comes only now. */
  #isLate(entry: Entry, otherId: string): boolean {
    const { cycle, links } = this.#world
    const isNew = (id: string) => !links.of(id) && !links.failing.has(id)
    return cycle === 'incremental' && !isNew(entry.id) && isNew(otherId)
  }

  #change(entry: Entry, attribute: string, before: string | null, after: string | null): void {
    entry.changes = [...(entry.changes ?? []), { attribute, before, after }]
    changed(entry)
  }
}

/** References are written whatever became of the rest. */
function changed(entry: Entry): void {
  if (entry.outcome !== 'unchanged' && entry.outcome !== 'leaveOut') return
  entry.outcome = 'update'
  delete entry.reason
}
