import { type Decision, decide, type SkipReason } from '../../../sync/decide.ts'
import { matchValues, missingRequired, shown, softDeleteWrites, uniqueWrites, writesFor } from '../../../sync/flow.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { differences } from '../../../sync/scim/patch.ts'
import { type Resource, writePath } from '../../../sync/scim/path.ts'
import { sameValue } from '../../../sync/scim/target.ts'
import { leftScope, type Subject, subjectOf } from '../../../sync/subject.ts'
import type { Change, Entry, Reason } from '../model.ts'
import { isSteady } from '../unknowns.ts'
import { changesOf, textAt } from './changes.ts'
import type { SourceObject, World } from './foresight.ts'
import type { Link } from './links.ts'
import type { Presence } from './presence.ts'
import { Refusal, tooLong } from './refusal.ts'

const SKIPPED: Readonly<
  Record<
    Exclude<
      SkipReason,
      'RedundantExport' | 'NotEffectivelyEntitled' | 'NotActiveInSource' | 'RestoreNotSupportedOnDemand'
    >,
    Reason
  >
> = {
  AddNotAllowed: 'createOff',
  UpdateNotAllowed: 'updateOff',
  DeleteNotAllowed: 'deleteOff',
  SkipOutOfScopeDeletions: 'skipsDeletions',
  SoftDeleteNotMapped: 'softDeleteNotMapped',
  AlreadyDisabled: 'alreadyDisabled',
  NoLongerManaged: 'noLongerManaged',
}

/** Of a link that the log does not tell of. */
const UNTOLD: Pick<Link, 'written' | 'whole'> = { written: {}, whole: false }

/** The decision about one object, and what follows from it: the counterpart of a step that the service takes. */
export class Step {
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
  /** The link is a guess by what the target holds. */
  #guessed = false

  constructor(world: World, presence: Presence, rules: ObjectRules, one: SourceObject, entry: Entry) {
    this.#world = world
    this.#presence = presence
    this.#rules = rules
    this.#one = one
    this.#entry = entry
  }

  /** What was managed stays so, to be tried again. */
  fail(): void {
    if (this.#link) this.#presence.settle(this.#one.id, this.#link.unmanaged ? 'left' : 'passive', false)
  }

  run(link: Link | undefined): void {
    const subject = this.#subjectWith(link)
    if (!subject) {
      this.#leaveOut('inputFilter')
      return
    }
    this.#subject = subject
    this.#link = link
    const guessed = link ? undefined : this.#guessedLink()
    if (guessed) {
      this.#guessed = true
      this.run(guessed)
    } else this.#decide()
  }

  /** The log does not tell whether it is managed. */
  get isUntold(): boolean {
    const { links } = this.#world
    const { id } = this.#one
    return !links.complete && !links.of(id) && !links.failing.has(id)
  }

  #decide(): void {
    const rules = this.#rules
    const subject = this.#subject
    const situation = { ...subject.situation }
    for (;;) {
      const decision = decide(situation)
      if (decision.do === 'match') {
        const values = matchValues(rules, subject.source, this.#world.environment)
        if (values.length === 0) {
          this.#leaveOut('noMatchingValue')
          return
        }
        situation.match = this.#match(values)
      } else if (decision.do === 'compare') {
        this.#writes = writesFor(rules, subject.source, this.#world.environment, 'update')
        if (this.#isSettled()) {
          this.#noteDifferences()
          situation.differs = false
        } else if (this.#isLost()) {
          this.#again()
          return
        } else situation.differs = this.#compare()
      } else {
        this.#act(decision)
        return
      }
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
      const unmanaged = disabled && leftScope(situation)
      return { kind, targetId, disabled, unmanaged, name, login, written: {}, whole: false }
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
    if (this.#world.cycle === 'incremental') {
      throw new Refusal('InvalidAnchor', 'the target has lost the object; a restart matches it again')
    }
    this.#presence.settle(this.#one.id, 'dropped')
    this.run(undefined)
  }

  #compare(): boolean {
    this.#look()
    return differences(this.#writes, this.#current!).length > 0
  }

  /**
   * Only who changes in Entra is looked at again, and the target is not watched: what counts is what was written last,
   * and what no entry of the log proves to have changed has not.
   */
  #isSettled(): boolean {
    const link = this.#link
    if (!link || this.#world.cycle === 'initial') return false
    return !this.#steadyWrites().some((write) => {
      const before = link.written[write.target.path.text]
      if (before === undefined) return link.whole
      return before !== null && !sameValue(write.target, shown(write), before)
    })
  }

  #steadyWrites(): Write[] {
    const unsteady = this.#rules.mappings.filter((mapping) => !isSteady(mapping)).map(({ target }) => target.path.text)
    return unsteady.length === 0
      ? this.#writes
      : this.#writes.filter(({ target }) => !unsteady.includes(target.path.text))
  }

  /** What is left as it is though it is not as mapped, for nobody changed it in Entra that is known of. */
  #noteDifferences(): void {
    const { target } = this.#world
    if (!target) return
    const { written, whole } = this.#link ?? UNTOLD
    const writes = this.#steadyWrites()
    const current = target.resource(this.#one.kind, this.#link?.targetId ?? this.#matchedId!)
    const differs = current ? changesOf(differences(writes, current), current) : 'gone'
    if (differs.length === 0) return
    this.#entry.differs = differs
    const isProven = whole || writes.every((write) => typeof written[write.target.path.text] === 'string')
    if (!isProven) this.#entry.unproven = true
  }

  /** The job has run, so that what is there is managed already, and left as it is. */
  #assume(): void {
    this.#entry.outcome = 'unchanged'
    if (this.#matchedId === undefined) {
      this.#entry.unproven = true
      this.#presence.settle(this.#one.id, 'active')
    } else {
      this.#noteDifferences()
      this.#presence.claim(this.#matchedId, this.#one)
    }
  }

  /** What the target holds; where it was not read, what was written last, and nothing is said of the rest. */
  #look(): void {
    const { target } = this.#world
    if (target) {
      this.#current = target.resource(this.#one.kind, this.#link?.targetId ?? this.#matchedId!)
      return
    }
    const { written, whole } = this.#link!
    this.#writes = this.#writes.filter(({ target: { path } }) => {
      const before = written[path.text]
      return before === undefined ? whole : before !== null
    })
    const current: Resource = {}
    for (const write of this.#writes) {
      const before = written[write.target.path.text]
      if (typeof before === 'string')
        writePath(current, write.target.path, sameValue(write.target, shown(write), before) ? write.value : before)
    }
    this.#current = current
  }

  #act(decision: Exclude<Decision, { do: 'match' | 'compare' }>): void {
    const isThere = decision.do === 'update' || decision.do === 'link'
    const isAssumed = this.isUntold && !this.#link && this.#world.cycle === 'incremental'
    if (isAssumed && (isThere || (decision.do === 'create' && !this.#world.target))) {
      this.#assume()
      return
    }
    if (this.#guessed) this.#entry.unproven = true
    switch (decision.do) {
      case 'create':
        this.#create()
        break
      case 'update':
        this.#update()
        break
      case 'restore':
        this.#restore()
        break
      case 'link':
        this.#entry.outcome = 'match'
        this.#entry.changes = []
        this.#presence.claim(this.#matchedId!, this.#one)
        break
      case 'disable':
        this.#disable()
        break
      case 'delete':
        this.#entry.outcome = 'delete'
        this.#presence.settle(this.#one.id, 'dropped')
        break
      case 'skip':
        this.#skip(decision.reason)
        break
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

  #restore(): void {
    this.#writes = writesFor(this.#rules, this.#subject.source, this.#world.environment, 'update')
    if (this.#isLost()) {
      this.#again()
      return
    }
    this.#entry.restored = true
    this.#look()
    this.#update()
  }

  #update(): void {
    const changed = differences(this.#writes, this.#current!)
    this.#check(changed, this.#link?.targetId ?? this.#matchedId)
    this.#entry.outcome = this.#link ? 'update' : 'match'
    this.#entry.changes = changesOf(changed, this.#current!)
    if (this.#link) this.#presence.settle(this.#one.id, 'active')
    else this.#presence.claim(this.#matchedId!, this.#one)
  }

  #disable(): void {
    if (this.#isLost()) {
      this.#entry.lost = true
      this.#again()
      return
    }
    const { target, environment } = this.#world
    const link = this.#link!
    const writes = softDeleteWrites(this.#rules, this.#subject.source, environment)
    const before = target?.resource(this.#one.kind, link.targetId)
    this.#entry.outcome = 'disable'
    this.#entry.changes = writes.map((write): Change => {
      const path = write.target.path.text
      return { attribute: path, before: textAt(before ?? {}, write) ?? link.written[path] ?? null, after: shown(write) }
    })
    this.#presence.settle(this.#one.id, leftScope(this.#subject.situation) ? 'left' : 'passive')
    this.#explain()
  }

  #skip(reason: SkipReason): void {
    this.#keepLink()
    if (reason === 'RedundantExport') this.#entry.outcome = 'unchanged'
    else if (reason in SKIPPED) this.#leaveOut(SKIPPED[reason as keyof typeof SKIPPED])
    else this.#explain()
  }

  #keepLink(): void {
    const link = this.#link
    if (!link) return
    const { situation } = this.#subject
    const isBack = situation.inScope && !link.disabled
    const hasLeft = leftScope(situation) || (link.unmanaged && !isBack)
    const isPresent = situation.source === 'present'
    const kept = hasLeft ? 'left' : link.disabled || !isPresent ? 'passive' : 'active'
    const standing = situation.source === 'hardDeleted' ? 'dropped' : kept
    this.#presence.settle(this.#one.id, standing, standing === 'left' || standing === 'dropped')
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
