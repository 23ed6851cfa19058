import type { CompiledReference } from '../../../sync/mapping.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import { patchBody } from '../../../sync/scim/patch.ts'
import { memberOperations, referenceOperation } from '../../../sync/scim/references.ts'
import type { Group, ModifiedProperty, User } from '../../tenant/model.ts'
import { type LogFacts, logRecord } from '../log/record.ts'
import { type CycleContext, endpointOf, type JobLink } from './context.ts'
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
  link: JobLink,
): Promise<void> {
  const path = reference.target.path.text
  const before = (link.written[path] ?? null) as string | null
  const wanted = reference.sourceAttribute === 'manager' ? user.managerId : null
  if (wanted === before || (wanted !== null && isLeftOut(context, link, wanted))) return
  const { dialect, switches, client, recorder } = context
  const manager = wanted === null ? null : recorder.link(wanted)
  if (wanted !== null && (!manager || manager.unmanaged)) {
    if (!awaitsRetry(context, wanted)) recorder.putLink({ ...link, leftOut: [wanted] })
    return
  }
  const began = performance.now()
  const targetId = manager?.targetId ?? null
  const operation = referenceOperation(path, targetId, before !== null, dialect, switches.managerForm)
  await client.patch(endpointOf(rules), link.targetId, patchBody([operation]))
  const written = { ...link.written, [path]: wanted }
  if (wanted === null) delete written[path]
  recorder.putLink({ ...link, written, leftOut: undefined })
  record(context, rules, user, link, began, [{ displayName: path, oldValue: before, newValue: targetId }])
}

/** Whether a reference was passed over and stays so until everything is read again. */
const isLeftOut = ({ kind, switches }: CycleContext, { leftOut }: JobLink, objectId: string): boolean =>
  kind === 'incremental' && switches.lateReferences === 'onRestart' && leftOut?.includes(objectId) === true

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
  link: JobLink,
): Promise<void> {
  const { recorder, dialect, switches, client, kind, onDemand } = context
  const before = new Set(link.writtenMembers)
  const current = new Set(group.memberIds)
  const late = new Set(kind === 'incremental' && switches.lateReferences === 'onRestart' ? link.leftOut : [])
  const isProvisioned = (member: string): boolean => {
    const its = recorder.link(member)
    return its !== null && (!its.unmanaged || before.has(member))
  }
  const isAsked = (member: string): boolean => before.has(member) || !onDemand || onDemand.members.has(member)
  const provisioned = group.memberIds.filter((member) => isAsked(member) && !late.has(member) && isProvisioned(member))
  const fresh = provisioned.filter((member) =>
    onDemand ? onDemand.members.has(member) : kind === 'initial' || !before.has(member),
  )
  const gone = link.writtenMembers.filter((member) => !current.has(member))
  const targetOf = (member: string): string[] => [recorder.link(member)?.targetId ?? []].flat()
  for (const operations of memberOperations(
    reference.target.path.text,
    fresh.flatMap(targetOf),
    gone.flatMap(targetOf),
    dialect,
    switches.membersPerRequest,
  )) {
    const began = performance.now()
    await client.patch('Groups', link.targetId, patchBody(operations))
    record(context, rules, group, link, began, modifiedMembers(operations))
  }
  const leftOut = onDemand
    ? link.leftOut
    : group.memberIds.filter((member) => late.has(member) || !(isProvisioned(member) || awaitsRetry(context, member)))
  if (fresh.length > 0 || gone.length > 0 || leftOut?.length !== link.leftOut?.length) {
    recorder.putLink({ ...link, writtenMembers: provisioned, leftOut })
  }
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
  link: JobLink,
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
  link: JobLink,
  error: unknown,
  began: number,
): void {
  context.recorder.referenceFailures += 1
  const noted: Noted = noteFailure(context, rules.objectType, object.id, error)
  context.recorder.log(logRecord(context, { ...factsOf(rules, object, link, began), status: 'failure', ...noted }))
}

function factsOf(rules: ObjectRules, object: User | Group, link: JobLink, began: number): LogFacts {
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
