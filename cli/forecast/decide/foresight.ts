import type { Environment } from '../../../sync/expression/functions/index.ts'
import { MappingError } from '../../../sync/flow.ts'
import type { Rules } from '../../../sync/rules.ts'
import type { Complex } from '../../../sync/values.ts'
import type { Entry, Kind, Reason } from '../model.ts'
import type { Links } from './links.ts'
import { Presence } from './presence.ts'
import { Refusal } from './refusal.ts'
import { Step } from './step.ts'
import type { TargetView } from './target.ts'

/** Everything a forecast goes by, beside the objects themselves. */
export interface World {
  rules: Rules
  skipOutOfScopeDeletions: boolean
  environment: Environment
  /** Null where it could not be read. */
  target: TargetView | null
  links: Links
  cycle: 'initial' | 'incremental'
}

export interface SourceObject {
  kind: Kind
  id: string
  name: string
  login: string | null
  /** Properties named as in Graph; undefined once it is deleted for good. */
  object: Readonly<Record<string, unknown>> | undefined
  softDeleted: boolean
  assigned: boolean
  roles: readonly Complex[]
  /** Why it is not assigned, where there is more to say than that. */
  unassigned?: { reason: Reason; detail?: string }
  guest?: boolean
}

/**
 * Tells object by object what the next cycle does, as the service decides it, and remembers what that does to the
 * target: who is made first has the value that the next one asks for.
 */
export class Foresight {
  readonly #world: World
  readonly presence: Presence

  constructor(world: World) {
    this.#world = world
    this.presence = new Presence(world)
  }

  /** @returns undefined where objects of this kind are not provisioned */
  of(one: SourceObject): Entry | undefined {
    const rules = this.#world.rules[one.kind]
    if (!rules) return undefined
    const { kind, id, name, login } = one
    // Of one shape from the start: there may be hundreds of thousands.
    const entry: Entry = { kind, id, name, login, outcome: 'leaveOut', changes: undefined }
    if (one.guest) entry.guest = true
    if (one.softDeleted) this.presence.deleted.add(id)
    const step = new Step(this.#world, this.presence, rules, one, entry)
    try {
      step.run(this.#world.links.of(one.id))
    } catch (error) {
      if (error instanceof Refusal) refuse(entry, error.code, error.message)
      else if (error instanceof MappingError) refuse(entry, 'SchemaPropertyCanOnlyAcceptValue', error.message)
      else throw error
      step.fail()
    }
    if (entry.outcome === 'refuse' && step.isUntold) entry.unproven = true
    return entry
  }
}

function refuse(entry: Entry, error: string, detail: string): void {
  Object.assign(entry, { outcome: 'refuse', error, detail })
  delete entry.changes
}
