import type { CompiledReference } from '../../../sync/mapping.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import { memberOperations, referenceOperation } from '../../../sync/scim/references.ts'
import type { Group, Link, Membership, ModifiedProperty, User } from '../../tenant/model.ts'
import { type LogFacts, logRecord } from '../log/record.ts'
import { type CycleContext, endpointOf } from './context.ts'
import { type Noted, noteFailure } from './failure.ts'

/**
 * Second step of a cycle: manager and members, once the objects they name exist at the target. Objects that failed or
 * left in the first step are passed over.
 */
export async function processReferences(context: CycleContext, rules: ObjectRules, id: string): Promise<void> {
  const outcome = context.recorder.outcomeOf(id)
  if (outcome === 'failed' || outcome === 'disabled' || outcome === 'deleted') return
  for (const reference of rules.references) {
    const link = context.recorder.link(id)
    if (!link || link.disabled || link.unmanaged) return
    const object = rules.objectType === 'user' ? context.store.users.get(id) : context.store.groups.get(id)
    if (!object || object.deletedDateTime !== null) return
    const began = performance.now()
    try {
      if (rules.objectType === 'group') await writeMembers(context, rules, reference, object as Group, link)
      else await writeSingle(context, rules, reference, object as User, link)
    } catch (error) {
      failed(context, rules, object, link, error, began)
    }
  }
}

/**
 * A manager who is not provisioned is left out.
 * Source: Microsoft Learn, "Known issues for provisioning in Microsoft Entra ID".
 */
async function writeSingle(
  context: CycleContext,
  rules: ObjectRules,
  reference: CompiledReference,
  user: User,
  link: Link,
): Promise<void> {
  const path = reference.target.path.text
  const before = (link.written[path] ?? null) as string | null
  const wanted = reference.sourceAttribute === 'manager' ? user.managerId : null
  if (wanted === before || (wanted !== null && isLeftOut(context, link.leftOutManager === wanted))) return
  const { dialect, switches, client, recorder } = context
  const manager = wanted === null ? null : recorder.link(wanted)
  if (wanted !== null && (!manager || manager.unmanaged)) {
    if (!awaitsRetry(context, wanted)) recorder.putLink({ ...link, leftOutManager: wanted })
    return
  }
  const began = performance.now()
  const targetId = manager?.targetId ?? null
  const operation = referenceOperation(path, targetId, before !== null, dialect, switches.managerForm)
  await client.patch(endpointOf(rules), link.targetId, [operation])
  const written = { ...link.written, [path]: wanted }
  if (wanted === null) delete written[path]
  recorder.putLink({ ...link, written, leftOutManager: undefined })
  record(context, rules, user, link, began, [{ displayName: path, oldValue: before, newValue: targetId }])
}

/** Whether a reference was passed over and stays so until everything is read again. */
const isLeftOut = ({ kind, switches }: CycleContext, wasLeftOut: boolean): boolean =>
  wasLeftOut && kind === 'incremental' && switches.lateReferences === 'onRestart'

/** An object that failed is not out of scope: what refers to it waits for its retry. */
const awaitsRetry = ({ recorder }: CycleContext, objectId: string): boolean =>
  recorder.outcomeOf(objectId) === 'failed' || recorder.escrow(objectId) !== undefined

/**
 * In an initial cycle every member is sent again, since the target cannot be asked for them. A member who is not
 * provisioned is left out (the same page).
 */
async function writeMembers(
  context: CycleContext,
  rules: ObjectRules,
  reference: CompiledReference,
  group: Group,
  link: Link,
): Promise<void> {
  const { recorder, dialect, switches, client, onDemand } = context
  const { fresh, gone, memberships } = memberChanges(context, group, link)
  const targetOf = (member: string): string[] => [recorder.link(member)?.targetId ?? []].flat()
  for (const operations of memberOperations(
    reference.target.path.text,
    fresh.flatMap(targetOf),
    gone.flatMap(targetOf),
    dialect,
    switches.membersPerRequest,
  )) {
    const began = performance.now()
    await client.patch('Groups', link.targetId, operations)
    record(context, rules, group, link, began, modifiedMembers(operations))
  }
  for (const [member, membership] of memberships) recorder.putMembership(group.id, member, membership)
  if (!onDemand && !link.membersSettled) recorder.putLink({ ...link, membersSettled: true })
}

interface MemberChanges {
  fresh: string[]
  gone: string[]
  /** To be kept once they are written; null where nothing is. */
  memberships: Map<string, Membership | null>
}

function memberChanges(context: CycleContext, group: Group, link: Link): MemberChanges {
  const { recorder, kind, onDemand, store } = context
  const changes: MemberChanges = { fresh: [], gone: [], memberships: new Map() }
  for (const member of membersToLookAt(context, group, link)) {
    const before = recorder.membership(group.id, member)
    if (!store.groupsOf(member).includes(group.id)) {
      if (before === 'written') changes.gone.push(member)
      changes.memberships.set(member, null)
      continue
    }
    const its = recorder.link(member)
    const isProvisioned = its !== null && (!its.unmanaged || before === 'written')
    if (isProvisioned && !isLeftOut(context, before === 'leftOut')) {
      const isSent = onDemand ? onDemand.members.has(member) : kind === 'initial' || before !== 'written'
      if (isSent) changes.fresh.push(member)
      changes.memberships.set(member, 'written')
    } else changes.memberships.set(member, onDemand || awaitsRetry(context, member) ? null : 'leftOut')
  }
  return changes
}

/** In an incremental cycle no more than what changed, unless the group was not seen as a whole yet. */
function membersToLookAt(context: CycleContext, group: Group, link: Link): Iterable<string> {
  const { job, store, recorder, kind, onDemand, switches, changedMembers } = context
  const known = () => store.membersOf(job.id, group.id)
  if (onDemand) {
    const written = known().filter((member) => recorder.membership(group.id, member) === 'written')
    return new Set([...written, ...onDemand.members])
  }
  const isSettled = kind === 'incremental' && link.membersSettled && switches.lateReferences === 'onRestart'
  return isSettled ? (changedMembers.get(group.id) ?? []) : new Set([...group.memberIds, ...known()])
}

function modifiedMembers(operations: readonly { op: string; path?: string; value?: unknown }[]): ModifiedProperty[] {
  return operations.flatMap(({ op, path, value }) => {
    const ids = Array.isArray(value)
      ? (value as { value: string }[]).map((one) => one.value)
      : [/"(.*)"\]$/.exec(path ?? '')?.[1] ?? '']
    const added = op.toLowerCase() === 'add'
    return ids.map((id) => ({ displayName: 'members', oldValue: added ? null : id, newValue: added ? id : null }))
  })
}

function record(
  context: CycleContext,
  rules: ObjectRules,
  object: User | Group,
  link: Link,
  began: number,
  modified: ModifiedProperty[],
): void {
  const { recorder } = context
  recorder.references += 1
  recorder.exports += 1
  recorder.outcome(rules.objectType, object.id, 'updated')
  recorder.log(logRecord(context, { ...factsOf(rules, object, link, began), modified }))
}

function failed(
  context: CycleContext,
  rules: ObjectRules,
  object: User | Group,
  link: Link,
  error: unknown,
  began: number,
): void {
  context.recorder.referenceFailures += 1
  const noted: Noted = noteFailure(context, rules.objectType, object.id, error)
  context.recorder.log(logRecord(context, { ...factsOf(rules, object, link, began), status: 'failure', ...noted }))
}

function factsOf(rules: ObjectRules, object: User | Group, link: Link, began: number): LogFacts {
  return {
    rules,
    objectId: object.id,
    displayName: object.displayName,
    userPrincipalName: 'userPrincipalName' in object ? object.userPrincipalName : null,
    targetId: link.targetId,
    action: 'update',
    status: 'success',
    began,
  }
}
