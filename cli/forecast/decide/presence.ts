import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import type { Target, TargetValue } from '../../../sync/scim/target.ts'
import type { Kind } from '../model.ts'
import type { World } from './foresight.ts'
import { Refusal } from './refusal.ts'

/**
 * What becomes of the link of an object: `active`; `passive`, so that others can refer to it and nothing of its own is
 * written; `left`, not managed any more; or it is dropped.
 */
export type Standing = 'active' | 'passive' | 'left' | 'dropped'

interface Named {
  kind: Kind
  id: string
}

/** Who is at the target as the cycle goes on: what was read, and what was foreseen so far. */
export class Presence {
  readonly #world: World
  /** By kind and path, and then by folded value, who would have been made with it. */
  readonly #made = new Map<string, Map<string, string>>()
  /** Objects of the target taken over in this cycle, with who takes them. */
  readonly #claims = new Map<string, string>()
  /** By object, what it has at the target since this cycle; undefined: what is yet to be made. */
  readonly #matched = new Map<string, string | undefined>()
  /** Managed so far, and no more for what this cycle does: others may have their accounts. */
  readonly #left = new Set<string>()

  readonly #standings = new Map<string, Standing>()
  /** Objects in deleted items: nothing refers to them there, and what was written stays for when they are restored. */
  readonly deleted = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** Ids of objects that a query finds; one that is yet to be made has an id of its own. */
  find(kind: Kind, target: Target, value: TargetValue): string[] {
    const found = this.#world.target?.find(kind, target, value) ?? []
    const made = this.#made.get(`${kind} ${target.path.text}`)?.get(folded(value))
    return made === undefined ? found : [...found, NEW + made]
  }

  /** Whether an object of the target is managed for somebody else. */
  isTaken(targetId: string, id: string): boolean {
    if (targetId.startsWith(NEW)) return true
    const claimed = this.#claims.get(targetId)
    if (claimed !== undefined && claimed !== id) return true
    const { links } = this.#world
    return links.to(targetId).some((other) => {
      const { disabled, unmanaged } = links.of(other)!
      return other !== id && !disabled && !unmanaged && !this.#left.has(other)
    })
  }

  claim(targetId: string, { id }: Named): void {
    this.#standings.set(id, 'active')
    this.#claims.set(targetId, id)
    this.#matched.set(id, targetId)
  }

  make({ kind, id }: Named, rules: ObjectRules, writes: readonly Write[]): void {
    // What was linked is made anew; who never was has nothing at the target anyway.
    if (this.#world.links.of(id)) this.#matched.set(id, undefined)
    this.#standings.set(id, 'active')
    const asked = new Set([
      ...rules.matching.map(({ target }) => target.path.text),
      ...rules.mappings.flatMap(({ uniqueRules, target }) => (uniqueRules ? [target.path.text] : [])),
      ...(this.#world.target?.unique[kind] ?? []),
    ])
    for (const { target, value } of writes) {
      if (!asked.has(target.path.text)) continue
      const place = `${kind} ${target.path.text}`
      const made = this.#made.get(place) ?? new Map<string, string>()
      this.#made.set(place, made.set(folded(value), id))
    }
  }

  /** @param isFreed whether somebody else may take the account over from now on */
  settle(id: string, standing: Standing, isFreed = standing !== 'active'): void {
    this.#standings.set(id, standing)
    if (isFreed) this.#left.add(id)
  }

  /** Undefined: never managed. */
  standing(id: string): Standing | undefined {
    return this.#standings.get(id)
  }

  /** The object at the target that somebody has now, if it is there already. */
  targetIdOf(id: string): string | undefined {
    return this.#matched.has(id) ? this.#matched.get(id) : this.#world.links.of(id)?.targetId
  }

  /** Objects of the target that belong to somebody in the directory. */
  isClaimed(targetId: string): boolean {
    return this.#claims.has(targetId) || this.#world.links.to(targetId).length > 0
  }

  /** @throws Refusal for a value that no two objects may share, and another one has */
  checkUnique(kind: Kind, writes: readonly Write[], ownId: string | undefined): void {
    const unique = this.#world.target?.unique[kind] ?? []
    for (const { target, value } of writes) {
      if (!unique.includes(target.path.text)) continue
      if (this.find(kind, target, value).some((id) => id !== ownId)) {
        throw new Refusal('EntryConflict', `${target.path.text} "${String(value)}" belongs to another object`)
      }
    }
  }
}

const NEW = 'new:'

const folded = (value: TargetValue): string => String(value).toLowerCase()
