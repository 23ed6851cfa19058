import { type Decision, decide } from '../../../sync/decide.ts'
import {
  byPath,
  filterFor,
  matchValues,
  missingRequired,
  softDeleteWrites,
  uniqueWrites,
  writesFor,
} from '../../../sync/flow.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import { createBody, type Write } from '../../../sync/scim/body.ts'
import { differences, patchOperations } from '../../../sync/scim/patch.ts'
import { type Resource, writePath } from '../../../sync/scim/path.ts'
import { sameValue } from '../../../sync/scim/target.ts'
import { leftScope } from '../../../sync/subject.ts'
import type { Link, LogAction, LogRecord, ModifiedProperty } from '../../tenant/model.ts'
import { type LogFacts, logRecord, modifiedProperties } from '../log/record.ts'
import { SCIM_CODE, TargetError } from '../target/errors.ts'
import { type CycleContext, endpointOf, type Outcome } from './context.ts'
import { noteFailure } from './failure.ts'
import { type Subject, subjectOf } from './situation.ts'
import { withSwitchDefect } from './switchDefect.ts'

/**
 * Brings one object's target to what it should be. Never throws: what fails is logged and waits for its retry. When
 * everything is read anew, an object that the target has lost is matched anew, too.
 */
export async function processObject(context: CycleContext, rules: ObjectRules, id: string): Promise<void> {
  const subject = subjectOf(context, rules, id)
  if (!subject) return
  const step = new Step(context, subject)
  try {
    await step.run()
  } catch (error) {
    if (subject.link && context.kind === 'initial' && (error as TargetError).code === 'InvalidAnchor') {
      context.recorder.dropLink(id)
      return processObject(context, rules, id)
    }
    step.failed(error)
  }
  if (subject.assigned) context.recorder.entitled += 1
  if (subject.scope.inScope && subject.scope.active) context.recorder.entitledForProvisioning += 1
}

/** The work on one object: decide, ask what the decision needs, decide again, act. */
class Step {
  readonly #context: CycleContext
  readonly #subject: Subject
  readonly #began = performance.now()
  /** Queries sent to match the object. */
  readonly #filters: string[] = []
  #matched: Resource | undefined
  #current: Resource | undefined
  #writes: Write[] = []
  /** As the link is to keep it. */
  #switched: Link['switched']
  /** What is being tried, for the log of a failure. */
  #attempt: LogAction

  constructor(context: CycleContext, subject: Subject) {
    this.#context = context
    this.#subject = subject
    this.#attempt = subject.link ? 'update' : 'create'
    this.#switched = subject.link?.switched
  }

  async run(): Promise<void> {
    const situation = { ...this.#subject.situation }
    for (;;) {
      const decision = decide(situation)
      if (decision.do === 'match') {
        const values = matchValues(this.#subject.rules, this.#subject.source, this.#context.environment)
        if (values.length === 0) return this.#skip('ImportSkipped')
        situation.match = await this.#match(values)
      } else if (decision.do === 'compare') situation.differs = await this.#compare()
      else return this.#act(decision)
    }
  }

  failed(error: unknown): void {
    const { rules, id } = this.#subject
    this.#log(this.#attempt, 'failure', noteFailure(this.#context, rules.objectType, id, error))
  }

  async #match(values: readonly Write[]): Promise<'none' | 'one' | 'many'> {
    for (const value of values) {
      const filter = filterFor(value)
      this.#filters.push(filter)
      this.#refuseUnqueryable(value, filter)
      const found = await this.#context.client.query(endpointOf(this.#subject.rules), filter)
      if (found.length > 1) return 'many'
      this.#matched = found[0]
      if (!this.#matched) continue
      if (this.#context.recorder.isTaken(String(this.#matched.id), this.#subject.id)) {
        throw new TargetError(
          'DuplicateSourceEntries',
          `Another object of the source is ${filter} at the target already.`,
        )
      }
      return 'one'
    }
    return 'none'
  }

  /** Source: Microsoft Learn, "Known issues for provisioning": special characters in the joining property. */
  #refuseUnqueryable({ value }: Write, filter: string): void {
    const character = [...this.#context.switches.unqueryableCharacters].find((one) => String(value).includes(one))
    if (character === undefined) return
    throw new TargetError(`${SCIM_CODE}BadRequest`, `The query ${filter} fails for the character ${character}`)
  }

  /** What was written last tells whether there is anything to do; only then, or when all is read anew, is the target asked. */
  async #compare(): Promise<boolean> {
    const { link, rules } = this.#subject
    this.#evaluate()
    if (link && this.#context.kind === 'incremental') {
      const changed = this.#writes.some(
        ({ target, value, condition }) =>
          condition === 'always' || !sameValue(target, value, link.written[target.path.text]),
      )
      if (!changed) return false
    }
    this.#current = this.#matched ?? (await this.#context.client.read(endpointOf(rules), link!.targetId))
    return differences(this.#writes, this.#current).length > 0
  }

  #evaluate(): void {
    const { link, rules, source } = this.#subject
    const { environment, kind, switches } = this.#context
    this.#writes = writesFor(rules, source, environment, 'update')
    this.#switched = undefined
    if (!switches.switchDefect || !link || kind === 'initial') return
    const { writes, switched } = withSwitchDefect(this.#writes, rules, link)
    this.#writes = writes
    if (Object.keys(switched).length > 0) this.#switched = switched
  }

  async #act(decision: Exclude<Decision, { do: 'match' | 'compare' }>): Promise<void> {
    const { id } = this.#subject
    if (this.#context.held.has(id) && (decision.do === 'disable' || decision.do === 'delete')) {
      this.#context.recorder.outcome(this.#subject.rules.objectType, id, 'skipped')
      return this.#log('stagedDelete', 'success', {})
    }
    if (decision.do === 'disable' || decision.do === 'delete') this.#attempt = decision.do
    switch (decision.do) {
      case 'create':
        return this.#create()
      case 'update':
      case 'restore':
        return this.#update(decision.do === 'restore')
      case 'link':
        return this.#link()
      case 'disable':
        return this.#disable()
      case 'delete':
        return this.#delete()
      case 'skip':
        return this.#skip(decision.reason)
      case 'fail':
        throw new TargetError(decision.errorCode, 'The target has more than one object that matches.')
    }
  }

  async #create(): Promise<void> {
    const { rules, source } = this.#subject
    const writes = writesFor(rules, source, this.#context.environment, 'create')
    for (const candidates of uniqueWrites(rules, source, this.#context.environment)) {
      writes.push(await this.#unused(candidates))
    }
    const missing = missingRequired(rules, writes)
    if (missing.length > 0) {
      const what = missing.join(', ')
      throw new TargetError(
        'MandatoryFieldsMissing',
        `The source object gives no value for ${what}, which the target requires.`,
      )
    }
    const made = await this.#context.client.create(endpointOf(rules), createBody(rules.objectType, writes))
    this.#putLink(String(made.id), byPath(writes), {})
    this.#done('created', 'create', modifiedProperties(writes, {}))
  }

  /** The first value that no object of the target has (SelectUniqueValue). */
  async #unused(candidates: readonly Write[]): Promise<Write> {
    for (const write of candidates) {
      const holders = await this.#context.client.query(endpointOf(this.#subject.rules), filterFor(write))
      if (holders.length === 0) return write
    }
    const tried = candidates.map(({ value }) => String(value)).join(', ') || 'no value'
    throw new TargetError('EntryConflict', `Every value that SelectUniqueValue gives is taken at the target: ${tried}.`)
  }

  async #update(restore: boolean): Promise<void> {
    const { client, dialect, environment } = this.#context
    const { rules, source, link } = this.#subject
    if (restore) {
      this.#writes = writesFor(rules, source, environment, 'update')
      this.#switched = undefined
    }
    const targetId = link?.targetId ?? String(this.#matched!.id)
    const current = this.#current ?? (await client.read(endpointOf(rules), targetId))
    const operations = patchOperations(this.#writes, current, dialect)
    await client.patch(endpointOf(rules), targetId, operations)
    this.#putLink(targetId, byPath(this.#writes), {})
    this.#done('updated', 'update', modifiedProperties(differences(this.#writes, current), current))
  }

  #link(): void {
    this.#putLink(String(this.#matched!.id), byPath(this.#writes), {})
    this.#skip('RedundantExport')
  }

  async #disable(): Promise<void> {
    const { client, dialect, environment } = this.#context
    const { rules, source, situation } = this.#subject
    const link = this.#subject.link!
    const writes = softDeleteWrites(rules, source, environment)
    const before = this.#context.switches.readBeforeDisable
      ? await client.read(endpointOf(rules), link.targetId)
      : asWritten(writes, link)
    const operations = patchOperations(writes, before, dialect)
    await client.patch(endpointOf(rules), link.targetId, operations)
    this.#putLink(link.targetId, byPath(writes), { disabled: true, unmanaged: leftScope(situation) })
    this.#done('disabled', 'disable', modifiedProperties(writes, before))
  }

  async #delete(): Promise<void> {
    const link = this.#subject.link!
    await this.#context.client.remove(endpointOf(this.#subject.rules), link.targetId)
    this.#context.recorder.dropLink(this.#subject.id)
    this.#done('deleted', 'delete', [])
  }

  /** What never was this application's business leaves no trace in the log. */
  #skip(reason: string): void {
    const { recorder } = this.#context
    const { rules, id, link, situation, assigned } = this.#subject
    const settled = link?.disabled || link?.unmanaged
    if (link && situation.source === 'hardDeleted') recorder.dropLink(id)
    else if (link && leftScope(situation) && !link.unmanaged) {
      recorder.putLink({ ...link, unmanaged: true, membersSettled: false })
    } else if (link?.unmanaged && situation.inScope && !link.disabled) recorder.putLink({ ...link, unmanaged: false })
    if (!this.#context.onDemand && !assigned && (!link || settled)) return
    recorder.outcome(rules.objectType, id, 'skipped')
    this.#log('other', 'skipped', { skipReason: reason })
  }

  #putLink(
    targetId: string,
    written: Record<string, unknown>,
    { disabled = false, unmanaged = false }: Partial<Pick<Link, 'disabled' | 'unmanaged'>>,
  ): void {
    const { rules, id, link } = this.#subject
    const membersSettled = link?.membersSettled && !disabled && !unmanaged
    this.#context.recorder.putLink({
      jobId: this.#context.job.id,
      objectId: id,
      objectType: rules.objectType,
      targetId,
      written: { ...link?.written, ...written },
      disabled,
      unmanaged,
      ...(link?.leftOutManager ? { leftOutManager: link.leftOutManager } : {}),
      ...(membersSettled ? { membersSettled } : {}),
      ...(this.#switched ? { switched: this.#switched } : {}),
    })
  }

  #done(outcome: Outcome, action: LogAction, modified: ModifiedProperty[]): void {
    const { recorder } = this.#context
    recorder.exports += 1
    recorder.outcome(this.#subject.rules.objectType, this.#subject.id, outcome)
    this.#log(action, 'success', { modified })
  }

  #log(
    action: LogAction,
    status: LogRecord['status'],
    more: Partial<Pick<LogRecord, 'modified' | 'error' | 'retry' | 'skipReason'>>,
  ): void {
    const { rules, id, displayName, userPrincipalName, scope, link } = this.#subject
    const facts: LogFacts = {
      rules,
      objectId: id,
      displayName,
      userPrincipalName,
      scope,
      targetId: this.#context.recorder.link(id)?.targetId ?? link?.targetId ?? null,
      action,
      status,
      began: this.#began,
      ...more,
    }
    if (this.#filters.length > 0) facts.filters = this.#filters
    this.#context.recorder.log(logRecord(this.#context, facts))
  }
}

/** What the target holds of some attributes, going by what was written last. */
function asWritten(writes: readonly Write[], link: Link): Resource {
  const resource: Resource = {}
  for (const { target } of writes) {
    const written = link.written[target.path.text]
    if (written !== undefined) writePath(resource, target.path, written)
  }
  return resource
}
