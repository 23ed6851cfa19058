/** What the stack names must be in the tenant: a gallery application, groups, users. */
import type { StackConfig } from '../../../config/schema.ts'
import { type Graph, GraphError } from '../../../provider/graph/client.ts'
import { isObjectId } from '../../../provider/graph/odata.ts'
import { resolvePrincipals } from '../../../provider/resources/appRoleAssignments/principals.ts'
import { warningsFor } from '../../../provider/resources/appRoleAssignments/warnings.ts'
import type { Template } from '../../../provider/resources/common/graphTypes.ts'
import { findTemplate } from '../../../provider/resources/galleryApplication/template.ts'
import { ok, parted, problem, type Result, type Said } from '../finding.ts'

export async function checkTemplate(graph: Graph, { application }: StackConfig): Promise<Result<Template>> {
  try {
    const template = await findTemplate(graph, application)
    return ok(`the gallery has '${template.displayName}'`, template)
  } catch (error) {
    if (error instanceof GraphError) throw error
    const { seen, fix } = parted((error as Error).message, '. ', "give the application's name as the gallery shows it")
    return problem(seen, `entrada:application: ${fix}`)
  }
}

/** Names of users and groups that stand at one place of the stack's file. */
interface Named {
  /** `entrada:target.administrators`; with what they are, for assignments, whose own settings those are. */
  place: (kind: 'users' | 'groups') => string
  users: readonly string[]
  groups: readonly string[]
}

export async function checkNames(graph: Graph, config: StackConfig): Promise<Result> {
  const { assignments, managedGroups, scope } = config
  const made = new Set(managedGroups.map(({ name }) => fold(name)))
  const assigned: Named = {
    place: (kind) => `entrada:assignments.${kind}`,
    users: assignments?.users ?? [],
    groups: (assignments?.groups ?? []).filter((name) => !made.has(fold(name))),
  }
  const others = [
    ...managedGroups.map(({ members = [], owners }, index) =>
      mixed(
        `entrada:managedGroups[${index}]`,
        [...members, ...owners].filter((name) => !made.has(fold(name))),
      ),
    ),
    mixed('entrada:target.administrators', config.target.kind === 'containerApp' ? config.target.administrators : []),
  ]
  const all = [assigned, ...others]
  const [groups, users] = [count(all, 'groups'), count(all, 'users')]
  if (groups + users === 0) {
    return scope === 'all'
      ? ok('everybody is provisioned; nobody is named')
      : ok('nobody is named: who is assigned is left to others')
  }
  const looked = await Promise.all(all.map((named) => look(graph, named)))
  const unknown = looked.flatMap(({ unknown: said }) => said)
  if (unknown.length > 0) return { said: unknown }
  const warnings = await warningsFor(graph, looked[0]!.principals)
  return {
    said: [
      { state: 'ok', seen: `all are there: groups ${groups}, users ${users}` },
      ...warnings.map((text): Said => ({ state: 'warning', ...parted(text, ': ', 'assign somebody else') })),
    ],
  }
}

const fold = (name: string) => name.toLowerCase()
const count = (all: readonly Named[], kind: 'users' | 'groups') =>
  all.reduce((sum, named) => sum + named[kind].length, 0)

/** An object id says not whose it is, and the update takes it as it stands. */
function mixed(place: string, names: readonly string[]): Named {
  const wanted = names.filter((name) => !isObjectId(name))
  const isUser = (name: string) => name.includes('@')
  return { place: () => place, users: wanted.filter(isUser), groups: wanted.filter((name) => !isUser(name)) }
}

interface Looked {
  principals: Awaited<ReturnType<typeof resolvePrincipals>>
  unknown: Said[]
}

async function look(graph: Graph, { place, users, groups }: Named): Promise<Looked> {
  try {
    return { principals: await resolvePrincipals(graph, { groups, users }), unknown: [] }
  } catch (error) {
    if (error instanceof GraphError || !(error as Error).message.includes('\n- ')) throw error
    const lines = (error as Error).message.split('\n- ').slice(1)
    return { principals: [], unknown: lines.map((line) => unknownName(line, place)) }
  }
}

function unknownName(line: string, place: Named['place']): Said {
  const { seen, fix } = parted(line, '; ', 'give the name as Entra shows it, or the object id')
  const named = seen.replace(/^(users|groups)(?=:)/, (kind) => place(kind as 'users' | 'groups'))
  return { state: 'problem', seen: named, fix }
}
