import { parsePath, type Resource, readPath, type TargetPath, writePath } from '../../../sync/scim/path.ts'
import type { Target, TargetValue } from '../../../sync/scim/target.ts'
import type { Kind } from '../model.ts'

/** What is kept of the target's objects of one kind: values at the paths that mappings name, and who has which. */
class Held {
  readonly #paths: TargetPath[]
  /** By id, values in the order of the paths, as JSON: a large target takes half the memory so. */
  readonly rows = new Map<string, string>()
  /** By path and folded value, the ids that have it. */
  readonly #holders = new Map<string, { path: TargetPath; ids: Map<string, string | string[]> }>()
  /** Members of groups, by group. */
  readonly members = new Map<string, Set<string>>()

  constructor(paths: Iterable<string>, keys: Iterable<string>) {
    this.#paths = [...new Set(paths)].map(parsePath)
    for (const key of keys) this.#holders.set(key, { path: parsePath(key), ids: new Map() })
  }

  add(resource: Resource): void {
    const id = String(resource.id)
    this.rows.set(id, JSON.stringify(this.#paths.map((path) => readPath(resource, path) ?? null)))
    for (const { path, ids } of this.#holders.values()) {
      const value = readPath(resource, path)
      if (value === undefined || typeof value === 'object') continue
      const text = folded(value)
      const before = ids.get(text)
      ids.set(text, before === undefined ? id : [before, id].flat())
    }
    if (Array.isArray(resource.members)) {
      this.members.set(id, new Set((resource.members as { value: string }[]).map(({ value }) => value)))
    }
  }

  resource(id: string): Resource | undefined {
    const row = this.rows.get(id)
    if (!row) return undefined
    const resource: Resource = { id }
    for (const [index, value] of (JSON.parse(row) as unknown[]).entries()) {
      if (value !== null) writePath(resource, this.#paths[index]!, value)
    }
    return resource
  }

  holders(path: string, value: unknown): string[] {
    return [this.#holders.get(path)?.ids.get(folded(value)) ?? []].flat()
  }
}

/** Attributes that targets look objects up by are compared without case (RFC 7643 §4.1.1). */
const folded = (value: unknown): string => String(value).toLowerCase()

export interface KindPaths {
  /** What mappings write. */
  paths: string[]
  /** What objects are looked up by. */
  keys: string[]
  /** Paths whose values no two objects may share. */
  unique: string[]
}

/** The objects of a target, as far as a forecast looks at them. */
export class TargetView {
  readonly #held: Record<Kind, Held>
  readonly unique: Record<Kind, readonly string[]>

  constructor(wanted: Record<Kind, KindPaths>) {
    const heldOf = ({ paths, keys, unique }: KindPaths) => new Held(paths, new Set([...keys, ...unique]))
    this.#held = { user: heldOf(wanted.user), group: heldOf(wanted.group) }
    this.unique = { user: wanted.user.unique, group: wanted.group.unique }
  }

  add(kind: Kind, resource: Resource): void {
    this.#held[kind].add(resource)
  }

  /** Ids of the objects that a query `path eq value` finds. */
  find(kind: Kind, { path }: Target, value: TargetValue): string[] {
    return this.#held[kind].holders(path.text, value)
  }

  resource(kind: Kind, id: string): Resource | undefined {
    return this.#held[kind].resource(id)
  }

  ids(kind: Kind): Iterable<string> {
    return this.#held[kind].rows.keys()
  }

  size(kind: Kind): number {
    return this.#held[kind].rows.size
  }

  members(groupId: string): ReadonlySet<string> | undefined {
    return this.#held.group.members.get(groupId)
  }
}
