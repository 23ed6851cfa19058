/** What of a tenant can be taken over: gallery applications that have provisioning jobs. */
import { type BatchItem, type Graph, isNotFound, missesPermission } from '../../provider/graph/client.ts'
import { query } from '../../provider/graph/odata.ts'
import { type Assignment, listAssignments } from '../../provider/resources/appRoleAssignments/assign.ts'
import {
  SERVICE_PRINCIPAL_FIELDS,
  type ServicePrincipal,
  type Template,
} from '../../provider/resources/common/graphTypes.ts'
import { isMarker, isMarkerOfStack } from '../../provider/resources/common/marker.ts'
import { nearest } from '../../provider/resources/common/near.ts'
import { isOn, type Job, quarantineOf } from '../../provider/resources/provisioningJob/job.ts'
import { applicationUrn } from '../stack/application.ts'
import { eachOf } from '../stack/eachOf.ts'

export interface Candidate {
  servicePrincipal: ServicePrincipal
  /** As the gallery has it; a template that is not listed there has its id as name. */
  template: Template
  /** At least one. */
  jobs: Job[]
  assignments: Assignment[]
  /** Whose mark is on it. */
  managedBy: 'this stack' | 'another stack' | null
}

export interface Candidates {
  found: Candidate[]
  /** Names of gallery applications whose jobs this caller may not read. */
  hidden: string[]
}

const AT_ONCE = 4

/** Of all pages, in the order of their names. */
export async function listCandidates(graph: Graph, stack: string): Promise<Candidates> {
  const all = await graph.collect<ServicePrincipal>(
    `/servicePrincipals${query({ $select: SERVICE_PRINCIPAL_FIELDS, $top: 999 })}`,
  )
  const gallery = all.filter(({ applicationTemplateId }) => applicationTemplateId !== null)
  const items = gallery.map(
    ({ id }): BatchItem => ({ method: 'GET', url: `/servicePrincipals/${id}/synchronization/jobs` }),
  )
  const answers = await graph.batch(items)
  const hidden: string[] = []
  const provisioned = gallery.flatMap((servicePrincipal, index) => {
    const answer = answers[index]!
    if (answer.status < 300) {
      const jobs = (answer.body as { value: Job[] }).value
      return jobs.length > 0 ? [{ servicePrincipal, jobs }] : []
    }
    const failure = graph.failure(items[index]!, answer)
    if (isNotFound(failure)) return []
    if (!missesPermission(failure)) throw failure
    hidden.push(servicePrincipal.displayName)
    return []
  })
  const [templates, assignments] = await Promise.all([
    templatesOf(
      graph,
      provisioned.map(({ servicePrincipal }) => servicePrincipal.applicationTemplateId!),
    ),
    eachOf(provisioned, AT_ONCE, ({ servicePrincipal }) => listAssignments(graph, servicePrincipal.id)),
  ])
  const found = provisioned.map(({ servicePrincipal, jobs }, index): Candidate => {
    const id = servicePrincipal.applicationTemplateId!
    const template = { id, displayName: templates.get(id) ?? id }
    return {
      servicePrincipal,
      template,
      jobs,
      assignments: assignments[index]!,
      managedBy: ownerOf(servicePrincipal, stack),
    }
  })
  const byName = (a: Candidate, b: Candidate) =>
    a.servicePrincipal.displayName.localeCompare(b.servicePrincipal.displayName)
  return { found: found.sort(byName), hidden: hidden.sort() }
}

async function templatesOf(graph: Graph, ids: readonly string[]): Promise<Map<string, string>> {
  const unique = [...new Set(ids)]
  const answers = await graph.batch(
    unique.map((id) => ({ method: 'GET', url: `/applicationTemplates/${id}${query({ $select: 'id,displayName' })}` })),
  )
  return new Map(
    unique.flatMap((id, index): [string, string][] => {
      const { status, body } = answers[index]!
      return status < 300 ? [[id, (body as Template).displayName]] : []
    }),
  )
}

function ownerOf({ tags }: ServicePrincipal, stack: string): Candidate['managedBy'] {
  if (tags.some((tag) => isMarkerOfStack(tag, applicationUrn(stack)))) return 'this stack'
  return tags.some(isMarker) ? 'another stack' : null
}

/**
 * The one of that name, object id or client id.
 * @throws when there is none or more than one, naming what there is
 */
export function choose({ found, hidden }: Candidates, wanted: string): Candidate {
  const name = wanted.toLowerCase()
  const matches = found.filter(({ servicePrincipal: { id, appId, displayName } }) =>
    [id, appId, displayName].some((text) => text.toLowerCase() === name),
  )
  if (matches.length === 1) return matches[0]!
  if (matches.length > 1) {
    const ids = matches.map(({ servicePrincipal }) => servicePrincipal.id).join(', ')
    throw new Error(`the tenant has ${matches.length} provisioned applications '${wanted}': give the id of one: ${ids}`)
  }
  if (hidden.some((other) => other.toLowerCase() === name)) {
    throw new Error(
      `the provisioning of '${wanted}' may not be read: make the caller an owner of the application and of its service principal, or grant Synchronization.ReadWrite.All`,
    )
  }
  const names = found.map(({ servicePrincipal }) => servicePrincipal.displayName)
  const [near] = nearest(wanted, names, 1)
  const hint = near ? `did you mean '${near}'?` : `there are ${names.join(', ') || 'none'}`
  throw new Error(`the tenant has no provisioned gallery application '${wanted}': ${hint}`)
}

/** For people: a line each. */
export function candidatesText({ found, hidden }: Candidates): string {
  const lines = found.map((candidate) => {
    const { displayName, template, servicePrincipalId, jobs, people, managedBy } = summaryOf(candidate)
    const states = jobs.map(({ state }) => state).join(', ')
    const owner = managedBy ? `, managed by ${managedBy}` : ''
    return `${displayName}\n  ${servicePrincipalId}  ${template}, ${states}, assigned: ${people.users} users, ${people.groups} groups${owner}`
  })
  const none = 'no gallery application of this tenant has a provisioning job'
  const unread = hidden.length > 0 ? [`not readable with this caller's permissions: ${hidden.join(', ')}`] : []
  return [...(found.length > 0 ? lines : [none]), ...unread].join('\n')
}

/** For programs. */
export function summaryOf({ servicePrincipal, template, jobs, assignments, managedBy }: Candidate) {
  const count = (type: string) => assignments.filter(({ principalType }) => principalType === type).length
  return {
    displayName: servicePrincipal.displayName,
    template: template.displayName,
    servicePrincipalId: servicePrincipal.id,
    clientId: servicePrincipal.appId,
    jobs: jobs.map((job) => ({ id: job.id, state: quarantineOf(job) ? 'in quarantine' : isOn(job) ? 'on' : 'off' })),
    people: { users: count('User'), groups: count('Group') },
    managedBy,
  }
}
