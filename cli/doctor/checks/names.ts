/** What the stack names must be in the tenant: a gallery application, groups, users. */
import type { StackConfig } from '../../../config/schema.ts'
import { type Graph, GraphError } from '../../../provider/graph/client.ts'
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

export async function checkNames(graph: Graph, { assignments, managedGroups, scope }: StackConfig): Promise<Result> {
  const { users = [] } = assignments ?? {}
  const made = new Set(managedGroups.map(({ name }) => name.toLowerCase()))
  const groups = (assignments?.groups ?? []).filter((name) => !made.has(name.toLowerCase()))
  if (groups.length + users.length === 0) {
    return scope === 'all'
      ? ok('everybody is provisioned; nobody is named')
      : ok('nobody is named: who is assigned is left to others')
  }
  let principals: Awaited<ReturnType<typeof resolvePrincipals>>
  try {
    principals = await resolvePrincipals(graph, { groups, users })
  } catch (error) {
    if (error instanceof GraphError || !(error as Error).message.includes('\n- ')) throw error
    return { said: (error as Error).message.split('\n- ').slice(1).map(unknownName) }
  }
  const warnings = await warningsFor(graph, principals)
  return {
    said: [
      { state: 'ok', seen: `all are there: groups ${groups.length}, users ${users.length}` },
      ...warnings.map((text): Said => ({ state: 'warning', ...parted(text, ': ', 'assign somebody else') })),
    ],
  }
}

function unknownName(line: string): Said {
  const { seen, fix } = parted(line, '; ', 'give the name as Entra shows it, or the object id')
  return { state: 'problem', seen: `entrada:assignments.${seen}`, fix }
}
