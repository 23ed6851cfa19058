import { type Decision, decide, type SkipReason } from '../../../sync/decide.ts'
import type { Environment } from '../../../sync/expression/functions/index.ts'
import {
  MappingError,
  matchValues,
  missingRequired,
  shown,
  softDeleteWrites,
  uniqueWrites,
  writesFor,
} from '../../../sync/flow.ts'
import type { ObjectRules, Rules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { differences } from '../../../sync/scim/patch.ts'
import { type Resource, writePath } from '../../../sync/scim/path.ts'
import { sameValue } from '../../../sync/scim/target.ts'
import { leftScope, type Subject, subjectOf } from '../../../sync/subject.ts'
import type { Complex } from '../../../sync/values.ts'
import type { Change, Entry, Kind, Reason } from '../model.ts'
import { changesOf, textAt } from './changes.ts'
import type { Link, Links } from './links.ts'
import { Presence } from './presence.ts'
import { Refusal, tooLong } from './refusal.ts'
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

const SKIPPED: Readonly<Record<Exclude<SkipReason, 'NotEffectivelyEntitled' | 'NotActiveInSource'>, Reason | null>> = {
  RedundantExport: null,
  AddNotAllowed: 'createOff',
  UpdateNotAllowed: 'updateOff',
  DeleteNotAllowed: 'deleteOff',
  SkipOutOfScopeDeletions: 'skipsDeletions',
  SoftDeleteNotMapped: 'softDeleteNotMapped',
  AlreadyDisabled: 'alreadyDisabled',
  NoLongerManaged: 'noLongerManaged',
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
    const entry: Entry = { kind: one.kind, id: one.id, name: one.name, login: one.login, outcome: 'leaveOut' }
    if (one.guest) entry.guest = true
    const step = new Step(this.#world, this.presence, rules, one, entry)
    try {
      step.run(this.#world.links.of(one.id))
    } catch (error) {
      if (error instanceof Refusal) refuse(entry, error.code, error.message)
      else if (error instanceof MappingError) refuse(entry, 'SchemaPropertyCanOnlyAcceptValue', error.message)
      else throw error
    }
    return entry
  }
}

function refuse(entry: Entry, error: string, detail: string): void {
  Object.assign(entry, { outcome: 'refuse', error, detail })
  delete entry.changes
}

class Step {
  readonly #world: World
  readonly #presence: Presence
  readonly #rules: ObjectRules
  readonly #one: SourceObject
  readonly #entry: Entry
  #link: Link | undefined
  #subject!: Subject
  #matchedId: string | undefined
  #current: Resource | undefined
  #writes: Write[] = []

  constructor(world: World, presence: Presence, rules: ObjectRules, one: SourceObject, entry: Entry) {
    this.#world = world
    this.#presence = presence
    this.#rules = rules
    this.#one = one
    this.#entry = entry
  }

  run(link: Link | undefined): void {
    const subject = this.#subjectWith(link)
    if (!subject) return this.#leaveOut('inputFilter')
    this.#subject = subject
    this.#link = link
    const guessed = link ? undefined : this.#guessedLink()
    if (guessed) return this.run(guessed)
    const situation = { ...subject.situation }
    for (;;) {
      const decision = decide(situation)
      if (decision.do === 'match') {
        const values = matchValues(this.#rules, subject.source, this.#world.environment)
        if (values.length === 0) return this.#leaveOut('noMatchingValue')
        situation.match = this.#match(values)
      } else if (decision.do === 'compare') {
        this.#writes = writesFor(this.#rules, subject.source, this.#world.environment, 'update')
        const settled = this.#link !== undefined && this.#world.cycle === 'incremental' && !this.#sourceChanged(this.#link)
        if (!settled && this.#isLost()) return this.#again()
        situation.differs = !settled && this.#compare()
      } else return this.#act(decision)
    }
  }

  #subjectWith(link: Link | undefined): Subject | null {
    const { object, softDeleted, assigned, roles } = this.#one
    const known = link ? { disabled: link.disabled, unmanaged: link.unmanaged } : null
    const { skipOutOfScopeDeletions } = this.#world
    const facts = { object, softDeleted, assigned, roles, link: known }
    return subjectOf(this.#rules, facts, { skipOutOfScopeDeletions, onDemand: false })
  }

  /**
   * Where it is not known who is managed: somebody who is not to be provisioned any more, and has an account all the
   * same, was provisioned before.
   */
  #guessedLink(): Link | undefined {
    const { links, target, environment } = this.#world
    const { situation, source } = this.#subject
    const isProvisioned = situation.source === 'present' && situation.inScope && situation.enabled
    if (links.complete || !target || isProvisioned) return undefined
    for (const { target: where, value } of matchValues(this.#rules, source, environment)) {
      const [targetId, ...others] = target.find(this.#one.kind, where, value)
      if (targetId === undefined) continue
      if (others.length > 0 || this.#presence.isTaken(targetId, this.#one.id)) return undefined
      const held = target.resource(this.#one.kind, targetId)!
      const off = softDeleteWrites(this.#rules, source, environment)
      const disabled = off.length > 0 && differences(off, held).length === 0
      const { name, login, kind } = this.#one
      return { kind, targetId, disabled, unmanaged: disabled && leftScope(situation), name, login, written: {} }
    }
    return undefined
  }

  #match(values: readonly Write[]): 'none' | 'one' | 'many' {
    for (const { target, value } of values) {
      const found = this.#presence.find(this.#one.kind, target, value)
      if (found.length > 1) return 'many'
      if (found.length === 0) continue
      if (this.#presence.isTaken(found[0]!, this.#one.id)) {
        throw new Refusal('DuplicateSourceEntries', `another object has ${target.path.text} "${String(value)}"`)
      }
      this.#matchedId = found[0]
      return 'one'
    }
    return 'none'
  }

  /** The target has lost what was linked, as far as it was read. */
  #isLost(): boolean {
    const { target } = this.#world
    return this.#link !== undefined && target !== null && !target.resource(this.#one.kind, this.#link.targetId)
  }

  /** Reading everything anew matches anew what the target has lost. */
  #again(): void {
    if (this.#world.cycle === 'initial') return this.run(undefined)
    throw new Refusal('InvalidAnchor', 'the target has lost the object; a restart matches it again')
  }

  #compare(): boolean {
    const targetId = this.#link?.targetId ?? this.#matchedId!
    this.#current = this.#world.target?.resource(this.#one.kind, targetId) ?? this.#asWritten()
    return differences(this.#writes, this.#current).length > 0
  }

  /** The target is not watched: what was written last counts, where it is known. */
  #sourceChanged({ written }: Link): boolean {
    return this.#writes.some((write) => {
      const { target, condition } = write
      const before = written[target.path.text]
      return before === undefined || (condition !== 'always' && !sameValue(target, shown(write), before))
    })
  }

  #asWritten(): Resource {
    const resource: Resource = {}
    for (const write of this.#writes) {
      const { target, value } = write
      const before = this.#link?.written[target.path.text]
      if (before === undefined) continue
      writePath(resource, target.path, sameValue(target, shown(write), before) ? value : before)
    }
    return resource
  }

  #act(decision: Exclude<Decision, { do: 'match' | 'compare' }>): void {
    switch (decision.do) {
      case 'create':
        return this.#create()
      case 'update':
      case 'restore':
        return this.#update(decision.do === 'restore')
      case 'link':
        this.#entry.outcome = 'match'
        this.#entry.changes = []
        return this.#presence.claim(this.#matchedId!, this.#one)
      case 'disable':
        return this.#disable()
      case 'delete':
        this.#entry.outcome = 'delete'
        return this.#presence.leave(this.#one.id)
      case 'skip':
        return this.#skip(decision.reason)
      case 'fail':
        throw new Refusal(decision.errorCode, 'the target has more than one object that matches')
    }
  }

  #create(): void {
    const { environment } = this.#world
    const { source } = this.#subject
    const writes = writesFor(this.#rules, source, environment, 'create')
    for (const candidates of uniqueWrites(this.#rules, source, environment)) writes.push(this.#unused(candidates))
    const missing = missingRequired(this.#rules, writes)
    if (missing.length > 0) throw new Refusal('MandatoryFieldsMissing', `no value for ${missing.join(', ')}`)
    this.#check(writes, undefined)
    this.#presence.make(this.#one, this.#rules, writes)
    this.#entry.outcome = 'create'
    this.#entry.changes = changesOf(writes, {})
  }

  #unused(candidates: readonly Write[]): Write {
    const free = candidates.find(({ target, value }) => this.#presence.find(this.#one.kind, target, value).length === 0)
    if (free) return free
    const tried = candidates.map(({ value }) => String(value)).join(', ') || 'no value'
    throw new Refusal('EntryConflict', `every value of SelectUniqueValue is taken: ${tried}`)
  }

  #check(writes: readonly Write[], ownId: string | undefined): void {
    tooLong(this.#rules, writes)
    this.#presence.checkUnique(this.#one.kind, writes, ownId)
  }

  #update(restored: boolean): void {
    if (restored) {
      this.#writes = writesFor(this.#rules, this.#subject.source, this.#world.environment, 'update')
      if (this.#isLost()) return this.#again()
      const { target } = this.#world
      this.#current = target?.resource(this.#one.kind, this.#link!.targetId) ?? this.#asWritten()
      this.#entry.restored = true
    }
    const changed = differences(this.#writes, this.#current!)
    this.#check(changed, this.#link?.targetId ?? this.#matchedId)
    this.#entry.outcome = this.#link ? 'update' : 'match'
    this.#entry.changes = changesOf(changed, this.#current!)
    if (!this.#link) this.#presence.claim(this.#matchedId!, this.#one)
  }

  #disable(): void {
    if (this.#isLost()) return this.#again()
    const { target, environment } = this.#world
    const link = this.#link!
    const writes = softDeleteWrites(this.#rules, this.#subject.source, environment)
    const before = target?.resource(this.#one.kind, link.targetId)
    this.#entry.outcome = 'disable'
    this.#entry.changes = writes.map((write): Change => {
      const path = write.target.path.text
      return { attribute: path, before: textAt(before ?? {}, write) ?? link.written[path] ?? null, after: shown(write) }
    })
    this.#presence.leave(this.#one.id)
    this.#explain()
  }

  #skip(reason: SkipReason): void {
    if (reason === 'NotEffectivelyEntitled' || reason === 'NotActiveInSource') return this.#explain()
    const why = SKIPPED[reason]
    if (why) this.#leaveOut(why)
    else this.#entry.outcome = 'unchanged'
  }

  #leaveOut(reason: Reason): void {
    this.#entry.outcome = 'leaveOut'
    this.#entry.reason = reason
  }

  /** Why somebody is not, or no longer, to be provisioned. */
  #explain(): void {
    const { situation, unscoped } = this.#subject
    const { assigned, unassigned } = this.#one
    const entry = this.#entry
    if (situation.source !== 'present') entry.reason = 'softDeleted'
    else if (!assigned) {
      entry.reason = unassigned?.reason ?? 'notAssigned'
      if (unassigned?.detail) entry.detail = unassigned.detail
    } else if (!situation.inScope) {
      entry.reason = 'scopingFilter'
      const failed = Object.entries(this.#rules.scopeDetails(unscoped)).flatMap(([clause, holds]) =>
        holds ? [] : [clause],
      )
      entry.detail = failed.join('; ')
    } else entry.reason = 'disabled'
  }
}
