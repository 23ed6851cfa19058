import type { Rules } from '../../../sync/rules.ts'
import { parsePath, readPath } from '../../../sync/scim/path.ts'
import type { Change, Entry, Kind } from '../model.ts'
import type { World } from './foresight.ts'
import type { Link } from './links.ts'
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
 * @returns how many references hang on when they were made: somebody provisioned later is added to what was written
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
  readonly #membersPath: string | undefined

  constructor(world: World, presence: Presence, entries: ReadonlyMap<string, Entry>) {
    this.#world = world
    this.#presence = presence
    this.#entries = entries
    this.#managerPath = pathOf(world.rules, 'user', 'manager')
    this.#membersPath = pathOf(world.rules, 'group', 'members')
  }

  manager(entry: Entry, managerId: string | undefined): void {
    const path = this.#managerPath
    if (path === undefined) return
    const before = this.#managerAt(entry, path)
    const targetId = managerId === undefined ? null : this.#presence.targetIdOf(managerId)
    if (managerId === undefined) {
      if (before === null || !this.#world.links.of(entry.id) || this.#isDeleted(before)) return
    } else if (!this.#isProvisioned(managerId) || targetId === before) return
    // The same manager under another id at the target: it was made anew there, and is not written again.
    else if (before !== null && this.#world.links.to(before).includes(managerId)) return
    const after = managerId === undefined ? null : (this.#entries.get(managerId)?.login ?? managerId)
    const change = { attribute: path, before, after }
    const told = this.#told(entry)
    const written = told?.written[path]
    // Written when the user was, it stays left out until the reference changes.
    if (managerId !== undefined && this.#isLate(entry, managerId)) this.late += 1
    if (managerId !== undefined && this.#isNew(managerId) && this.#isLate(entry, managerId)) return
    if (!told || typeof written === 'string' || (written === undefined && told.whole)) {
      entry.changes = [...(entry.changes ?? []), change]
      changed(entry)
    } else if (this.#world.target) note(entry, change, false)
  }

  members(entry: Entry, memberIds: readonly string[]): void {
    const path = this.#membersPath
    if (path === undefined) return
    const { cycle, links, target } = this.#world
    const isNew = entry.outcome === 'create'
    const link = isNew ? undefined : links.of(entry.id)
    const targetId = isNew ? undefined : this.#presence.targetIdOf(entry.id)
    const held = targetId === undefined ? undefined : target?.members(targetId)
    const wanted = new Set(memberIds)
    // Who has left the scope stays a member of what they were written into.
    const stays = (id: string) => {
      const member = this.#presence.standing(id) === 'left' ? this.#presence.targetIdOf(id) : undefined
      return link !== undefined && member !== undefined && isWritten(link, member) === true
    }
    const present = memberIds.filter((id) => this.#isProvisioned(id) || stays(id))
    const told = this.#told(entry)
    const added = present.filter((id) => {
      const member = this.#presence.targetIdOf(id)
      if (member === undefined) return true
      return told ? isWritten(told, member) === false : !held?.has(member)
    })
    this.late += added.filter((id) => this.#isLate(entry, id)).length
    // Who is deleted at the target is no member of anything any more.
    const others = [...new Set([...(held ?? []), ...(link?.members?.keys() ?? [])])].filter((member) => {
      const owners = links.to(member).filter((owner) => this.#presence.standing(owner) !== 'dropped')
      return owners.length > 0 && !owners.some((owner) => wanted.has(owner)) && !this.#isDeleted(member)
    })
    const removed = link
      ? others.filter((member) => isWritten(link, member) ?? (cycle === 'initial' && held?.has(member)))
      : []
    if (added.length + removed.length > 0) {
      entry.members = { added: added.length, removed: removed.length }
      changed(entry)
    }
    if (!told || !held) return
    const sent = new Set(added)
    const kept = present.flatMap((id) => (sent.has(id) ? [] : (this.#presence.targetIdOf(id) ?? [])))
    const missing = kept.filter((member) => !held.has(member))
    const more = others.filter((member) => held.has(member) && !isWritten(told, member))
    if (missing.length + more.length === 0) return
    const isProven = [...missing, ...more].every((member) => isWritten(told, member) !== undefined)
    const after = `${missing.length} missing, ${more.length} too many`
    note(entry, { attribute: path, before: null, after }, isProven)
  }

  /** The link that a cycle goes by which only looks at who changed; undefined for who comes to be managed in it. */
  #told({ id, outcome }: Entry): Pick<Link, 'written' | 'members' | 'whole'> | undefined {
    if (this.#world.cycle === 'initial') return undefined
    return this.#world.links.of(id) ?? (outcome === 'unchanged' ? UNTOLD : undefined)
  }

  /** Target id of the manager whom the user has, or was given last. */
  #managerAt(entry: Entry, path: string): string | null {
    // Made anew, it has what it was given by then no more.
    if (entry.outcome === 'create') return null
    const link = this.#world.links.of(entry.id)
    const written = link?.written[path]
    if (typeof written === 'string') return written
    if (this.#world.cycle === 'incremental' && link?.whole && written === undefined) return null
    const targetId = this.#presence.targetIdOf(entry.id)
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

  #isDeleted(targetId: string): boolean {
    return this.#world.links.to(targetId).some((owner) => this.#presence.deleted.has(owner))
  }

  /** The one was managed before the other: what the one refers to may have been left out when it was written. */
  #isLate(entry: Entry, otherId: string): boolean {
    const { cycle, links } = this.#world
    if (cycle === 'initial' || this.#isNew(entry.id)) return false
    const [own, other] = [links.of(entry.id)?.since, links.of(otherId)?.since]
    return this.#isNew(otherId) || (own !== undefined && other !== undefined && own < other)
  }

  #isNew(id: string): boolean {
    const { links } = this.#world
    return !links.of(id) && !links.failing.has(id)
  }
}

/** What is managed without that the log tells of it. */
const UNTOLD = { written: {}, whole: false }

/** Whether somebody was last written as a member of a group; undefined where the log does not tell. */
const isWritten = ({ members, whole }: Pick<Link, 'members' | 'whole'>, member: string): boolean | undefined =>
  members?.get(member) ?? (whole ? false : undefined)

/** What differs at the target, and is not written for it. */
function note(entry: Entry, change: Change, isProven: boolean): void {
  if (entry.differs === 'gone') return
  entry.differs = [...(entry.differs ?? []), change]
  if (!isProven) entry.unproven = true
}

/** References are written whatever became of the rest. */
function changed(entry: Entry): void {
  if (entry.outcome !== 'unchanged' && entry.outcome !== 'leaveOut') return
  entry.outcome = 'update'
  delete entry.reason
}
