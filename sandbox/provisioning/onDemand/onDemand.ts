import type { ObjectRules, Rules } from '../../../sync/rules.ts'
import { dialectOf } from '../../../sync/scim/patch.ts'
import type { Job } from '../../tenant/model.ts'
import { type CycleContext, isoTime } from '../cycle/context.ts'
import { type CycleServices, contextOf, rulesOf } from '../cycle/cycle.ts'
import { processObject } from '../cycle/object.ts'
import { Recorder } from '../cycle/recorder.ts'
import { processReferences } from '../cycle/references.ts'
import { type ObjectSummary, summaryOf } from '../log/summary.ts'
import { type Connection, connect } from '../target/connect.ts'
import { TargetError } from '../target/errors.ts'
import { probe } from '../target/probe.ts'
import { OnDemandError, readSubjects, type Subjects } from './parameters.ts'
import { failedConnection, type OnDemandReply, onDemandReply, resultOf } from './reply.ts'

/**
 * Provisions a few objects at once, beside the job's cycles; its status and watermark stay as they are.
 * Left out, as documented: roles, nested groups, objects disabled or deleted in the source. A group's members are
 * provisioned before it.
 * Source: Microsoft Learn, "On-demand provisioning in Microsoft Entra ID".
 * @throws OnDemandError for parameters that it does not take
 */
export async function provisionOnDemand(
  job: Job,
  parameters: unknown,
  services: CycleServices,
): Promise<OnDemandReply> {
  const { store, clock, switches } = services
  const rules = withoutRoles(rulesOf(job, switches))
  const subjects = readSubjects(parameters, rules)
  requireKnown(subjects, services)
  const cycleId = crypto.randomUUID()
  let connection: Connection | null = null
  try {
    connection = connect(job.servicePrincipalId, cycleId, services)
    await probe(connection.client, rules.user?.matching[0]?.target.path.text ?? 'userName')
    const recorder = new Recorder(store, job.id)
    const identity = { cycleId, kind: 'initial', recorder } as const
    const context: CycleContext = {
      ...contextOf(job, rules, identity, connection, services),
      // Flags of the tenant URL are not honoured here (Microsoft Learn, SCIM 2.0 protocol compliance).
      dialect: dialectOf('', job.factory ?? job.templateId),
      onDemand: { members: new Set(subjects.members) },
    }
    const results = await provision(context, rules, subjects)
    recorder.flush()
    return onDemandReply(results.map(resultOf), switches.onDemandReply)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return onDemandReply([failedConnection(error, isoTime(clock))], switches.onDemandReply)
  } finally {
    connection?.close()
  }
}

async function provision(context: CycleContext, rules: Rules, subjects: Subjects): Promise<ObjectSummary[][]> {
  const { recorder } = context
  const work: [ObjectRules, string][] = [
    ...[...subjects.users, ...subjects.members.filter((id) => !recorder.link(id))].map((id): [ObjectRules, string] => [
      rules.user!,
      id,
    ]),
    ...(subjects.group === null ? [] : [[rules.group!, subjects.group] as [ObjectRules, string]]),
  ]
  const entries = new Map<string, ObjectSummary[]>()
  recorder.onLog = (record) => {
    const { objectId } = record
    entries.set(objectId, [...(entries.get(objectId) ?? []), summaryOf(record, context.store)])
  }
  for (const [its, id] of work) await processObject(context, its, id)
  for (const [its, id] of work) await processReferences(context, its, id)
  for (const [, id] of work) if (recorder.outcomeOf(id) !== 'failed') recorder.dropEscrow(id)
  return (subjects.group === null ? subjects.users : [subjects.group]).map((id) => entries.get(id) ?? [])
}

function withoutRoles(rules: Rules): Rules {
  const without = (one: ObjectRules | null) =>
    one && { ...one, mappings: one.mappings.filter((mapping) => !mapping.readsRoles) }
  return { user: without(rules.user), group: without(rules.group) }
}

function requireKnown({ users, group, members }: Subjects, { store }: CycleServices): void {
  for (const id of [...users, ...members]) {
    if (!store.users.get(id)) throw new OnDemandError(`There is no user ${id} in this tenant.`)
  }
  if (group === null) return
  const found = store.groups.get(group)
  if (!found) throw new OnDemandError(`There is no group ${group} in this tenant.`)
  const stranger = members.find((id) => !found.memberIds.includes(id))
  if (stranger) throw new OnDemandError(`The user ${stranger} is no member of the group ${group}.`)
}
