/** The stack's application in its tenant: whose it is, and whether this caller may work on it. */
import type { StackConfig } from '../../../config/schema.ts'
import type { BatchItem, Graph } from '../../../provider/graph/client.ts'
import { chooseRole } from '../../../provider/resources/appRoleAssignments/role.ts'
import type { Template } from '../../../provider/resources/common/graphTypes.ts'
import { type Existing, inspect, judge, listNamed } from '../../../provider/resources/galleryApplication/existing.ts'
import { applicationUrn } from '../../stack/application.ts'
import { notChecked, ok, parted, problem, type Result } from '../finding.ts'
import type { Caller } from './signIn.ts'

/** One that can be worked on. */
export type Present = Existing & { servicePrincipal: NonNullable<Existing['servicePrincipal']> }

/** `none` before the first update. */
export type Found = Present | 'none'

export interface Asked {
  stack: string
  config: StackConfig
  template: Template
  /** What the backend keeps of the stack, '' where that is not known. */
  state: string
}

/** The same verdict that the update comes to before it makes an application. */
export async function checkApplication(
  graph: Graph,
  { stack, config, template, state }: Asked,
): Promise<Result<Found>> {
  const displayName = config.displayName ?? template.displayName
  const found = await inspect(graph, template, await listNamed(graph, displayName))
  const managed = found.find(({ servicePrincipal }) => servicePrincipal && state.includes(servicePrincipal.id))
  if (managed?.servicePrincipal) return there(managed as Present, 'made or imported by this stack')
  const verdict = judge(found, applicationUrn(stack), template, config.adoptExisting)
  if ('nothing' in verdict) return ok(`there is no application '${displayName}' yet: the update makes it`, 'none')
  if ('refuse' in verdict) return refusal(verdict.refuse)
  const { take, created } = verdict
  if (!created) return there(take, 'made by others, managed from here by entrada:adoptExisting')
  const isOurs = take.servicePrincipal.tags.some((tag) => tag.startsWith('entrasync:'))
  return there(take, isOurs ? 'made by this stack' : 'bare, so the update takes it over')
}

function there(existing: Present, whose: string): Result<Found> {
  const { servicePrincipal } = existing
  return ok(`'${servicePrincipal.displayName}' is there (service principal ${servicePrincipal.id}): ${whose}`, existing)
}

function refusal(text: string): Result {
  const { seen, fix } = parted(text, '\nChoose one:\n', 'give it another entrada:displayName')
  const choices = fix.replaceAll('\n', '; ').replaceAll('- ', '').replace('adoptExisting', 'entrada:adoptExisting')
  return problem(seen.replace(/\s*\n- /g, ' '), choices)
}

const REACHES_ALL = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']

/** Permissions by ownership need the ownership of both objects (graph-api.md 3.13). */
export async function checkOwnership(graph: Graph, caller: Caller, found: Found): Promise<Result> {
  if (found === 'none') return ok('the caller becomes the owner of what it makes')
  if (caller.isPerson || REACHES_ALL.some((name) => caller.permissions.has(name))) {
    return ok('the caller may change applications that it does not own')
  }
  const objects = [`/applications/${found.app.id}`, `/servicePrincipals/${found.servicePrincipal.id}`]
  const items = objects.map((object): BatchItem => ({ method: 'GET', url: `${object}/owners?$select=id` }))
  const answers = await graph.batch(items)
  const foreign = objects.filter((_, index) => {
    const answer = answers[index]!
    if (answer.status >= 300) throw graph.failure(items[index]!, answer)
    return !(answer.body as { value: { id: string }[] }).value.some(({ id }) => id === caller.objectId)
  })
  if (foreign.length === 0) return ok('the caller owns the application and its service principal')
  return problem(
    `the caller (object id ${caller.objectId}) is no owner of ${foreign.join(' and ')}, and may change only what it owns`,
    'make it an owner of both, or grant Application.ReadWrite.All and Synchronization.ReadWrite.All',
  )
}

export function checkRole({ assignments }: StackConfig, found: Found): Result {
  const role = assignments?.role
  if (role === undefined) return ok("people get the application's user role")
  if (found === 'none') return notChecked(`'${role}' is looked for once the application is there`)
  try {
    chooseRole(found.servicePrincipal.appRoles, role)
    return ok(`the application has the role '${role}'`)
  } catch (error) {
    const { seen, fix } = parted((error as Error).message, '. ', 'leave role out')
    return problem(`entrada:assignments.${seen}`, fix)
  }
}
