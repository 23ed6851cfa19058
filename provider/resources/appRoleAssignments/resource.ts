import { type Graph, isNotFound } from '../../graph/client.ts'
import { query } from '../../graph/odata.ts'
import { checkInputs } from '../common/check.ts'
import type { AppRole } from '../common/graphTypes.ts'
import { servicePrincipalIdOf, servicePrincipalPath } from '../common/ids.ts'
import { type Context, type MaybeUnknown, type Resource, type State, UNKNOWN } from '../resource.ts'
import { type Assignment, carryOut, listAssignments, removeAssignments, workFor } from './assign.ts'
import { diffAssignments } from './diff.ts'
import {
  type AssignedPrincipal,
  appRoleAssignmentsSchema,
  type AppRoleAssignmentsInputs as Inputs,
  type AppRoleAssignmentsOutputs as Outputs,
} from './inputs.ts'
import { type Principal, resolvePrincipals } from './principals.ts'
import { chooseRole } from './role.ts'
import { warningsFor } from './warnings.ts'

export const appRoleAssignments: Resource<Inputs, Outputs> = {
  token: 'entrasync:index:AppRoleAssignments',
  secretOutputs: [],
  check: (news) => checkInputs<Inputs>(appRoleAssignmentsSchema, news),
  diff: (olds, news) => (news === UNKNOWN ? { changes: {} } : diffAssignments(olds.inputs, news)),

  async preview(news, olds, context) {
    if (news === UNKNOWN) return UNKNOWN_OUTPUTS
    const graph = context.graph.during(context.signal)
    const { servicePrincipalId, role } = news
    const [knownRole, principals] = await Promise.all([
      servicePrincipalId === UNKNOWN || role === UNKNOWN ? null : findRole(graph, servicePrincipalId, role),
      resolvePrincipals(graph, { groups: knownNames(news.groups), users: knownNames(news.users) }),
    ])
    const warnings = await tellWarnings(graph, principals, olds?.outputs.warnings ?? [], context)
    const appRoleId: MaybeUnknown<string> = knownRole ?? UNKNOWN
    const complete = isKnown(news.groups) && isKnown(news.users)
    if (!complete) return { appRoleId, principals: UNKNOWN, warnings: UNKNOWN }
    const assigned = principals.map((principal): MaybeUnknown<AssignedPrincipal> => {
      const before = olds?.outputs.principals.find(({ id }) => id === principal.id)
      const assignmentId: MaybeUnknown<string> = before?.assignmentId ?? UNKNOWN
      return { ...describe(principal), assignmentId }
    })
    return { appRoleId, principals: assigned, warnings }
  },

  async create(news, context) {
    const outputs = await bringAbout(news, undefined, context)
    return { id: `${servicePrincipalPath(news.servicePrincipalId)}/appRoleAssignedTo`, outputs }
  },

  async read(state, context) {
    const graph = context.graph.during(context.signal)
    const servicePrincipalId = servicePrincipalIdOf(state.id)
    try {
      const [appRoles, assignments] = await Promise.all([
        rolesOf(graph, servicePrincipalId),
        listAssignments(graph, servicePrincipalId),
      ])
      return readAssignments(state, servicePrincipalId, appRoles, assignments)
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  },

  update: (olds, news, context) => bringAbout(news, olds.outputs, context),

  async delete({ id, outputs }, context) {
    const graph = context.graph.during(context.signal)
    await removeAssignments(
      graph,
      servicePrincipalIdOf(id),
      outputs.principals.map(({ assignmentId }) => assignmentId),
    )
  },
}

/** Milliseconds until the directory must show what another resource of the same update has made. */
const REPLICATION = 60_000

const UNKNOWN_OUTPUTS: MaybeUnknown<Outputs> = { appRoleId: UNKNOWN, principals: UNKNOWN, warnings: UNKNOWN }

async function bringAbout(news: Inputs, former: Outputs | undefined, context: Context): Promise<Outputs> {
  const graph = context.graph.during(context.signal)
  const { servicePrincipalId, exclusive } = news
  const [appRoleId, existing, principals] = await Promise.all([
    findRole(graph, servicePrincipalId, news.role),
    listAssignments(graph, servicePrincipalId),
    resolvePrincipals(graph, news, REPLICATION),
  ])
  const dropped = new Set(former?.principals.map(({ assignmentId }) => assignmentId))
  const work = workFor(existing, principals, appRoleId, dropped, exclusive)
  const [made, warnings] = await Promise.all([
    carryOut(graph, servicePrincipalId, appRoleId, work),
    tellWarnings(graph, principals, former?.warnings ?? [], context),
  ])
  const all = [...existing, ...made]
  const missing = principals.some(({ id }) => !find(all, id, appRoleId))
  // A duplicate is answered without its id.
  const listed = missing ? await listAssignments(graph, servicePrincipalId) : all
  return {
    appRoleId,
    principals: principals.map((principal) => ({
      ...describe(principal),
      assignmentId: find(listed, principal.id, appRoleId)?.id ?? '',
    })),
    warnings,
  }
}

function find(assignments: readonly Assignment[], principalId: string, appRoleId: string): Assignment | undefined {
  return assignments.find((assignment) => assignment.principalId === principalId && assignment.appRoleId === appRoleId)
}

function describe({ name, id, displayName, type }: Principal): Omit<AssignedPrincipal, 'assignmentId'> {
  return { name, id, displayName, type }
}

async function rolesOf(graph: Graph, servicePrincipalId: string): Promise<AppRole[]> {
  const path = `${servicePrincipalPath(servicePrincipalId)}${query({ $select: 'id,appRoles' })}`
  return (await graph.get<{ appRoles: AppRole[] }>(path)).appRoles
}

async function findRole(graph: Graph, servicePrincipalId: string, role: string | undefined): Promise<string> {
  return chooseRole(await rolesOf(graph, servicePrincipalId), role)
}

/** Each warning is told once, not at every update again. */
async function tellWarnings(
  graph: Graph,
  principals: readonly Principal[],
  told: readonly string[],
  context: Context,
): Promise<string[]> {
  const warnings = await warningsFor(graph, principals)
  for (const warning of warnings) if (!told.includes(warning)) context.log('warning', warning)
  return warnings
}

type Names = MaybeUnknown<string[]>

const knownNames = (names: Names): string[] => (names === UNKNOWN ? [] : names.filter((name) => name !== UNKNOWN))
const isKnown = (names: Names): boolean => names !== UNKNOWN && !names.includes(UNKNOWN)

/** Who lost the assignment falls out of the lists; who has one unasked appears in them where the lists are exclusive. */
function readAssignments(
  { id, inputs, outputs }: { id: string; inputs: Inputs | undefined; outputs: Outputs | undefined },
  servicePrincipalId: string,
  roles: readonly AppRole[],
  assignments: readonly Assignment[],
): State<Inputs, Outputs> {
  const appRoleId = outputs?.appRoleId ?? chooseRole(roles, inputs?.role)
  const ours = assignments.filter((assignment) => assignment.appRoleId === appRoleId && isPerson(assignment))
  const former = outputs?.principals ?? []
  const kept = former.filter((principal) => find(ours, principal.id, appRoleId))
  const foreign =
    inputs && !inputs.exclusive
      ? []
      : ours.filter(({ principalId }) => !former.some((other) => other.id === principalId))
  const principals = [
    ...kept.map((principal) => ({ ...principal, assignmentId: find(ours, principal.id, appRoleId)?.id ?? '' })),
    ...foreign.map(assignedAs),
  ]
  const lost = new Set(former.filter((principal) => !kept.includes(principal)).map(({ name }) => name))
  const names = (type: AssignedPrincipal['type'], before: readonly string[] = []) => [
    ...before.filter((name) => !lost.has(name)),
    ...foreign.filter(({ principalType }) => principalType === type).map(({ principalId }) => principalId),
  ]
  return {
    id,
    inputs: {
      ...inputs,
      servicePrincipalId: inputs?.servicePrincipalId ?? servicePrincipalId,
      groups: names('Group', inputs?.groups),
      users: names('User', inputs?.users),
      exclusive: inputs?.exclusive ?? false,
    },
    outputs: { appRoleId, principals, warnings: outputs?.warnings ?? [] },
  }
}

const isPerson = ({ principalType }: Assignment) => principalType === 'User' || principalType === 'Group'

function assignedAs({ id, principalId, principalDisplayName, principalType }: Assignment): AssignedPrincipal {
  return {
    name: principalId,
    id: principalId,
    displayName: principalDisplayName,
    type: principalType === 'Group' ? 'Group' : 'User',
    assignmentId: id,
  }
}
