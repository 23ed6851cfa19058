/** Everything that one application's provisioning consists of, out of Graph; reads only. */
import type { Graph } from '../../provider/graph/client.ts'
import { isObjectId, literal, query } from '../../provider/graph/odata.ts'
import type { Assignment } from '../../provider/resources/appRoleAssignments/assign.ts'
import { type Job, jobPath, listTemplates } from '../../provider/resources/provisioningJob/job.ts'
import type { Schema } from '../../provider/resources/provisioningJob/schema.ts'
import { getSchema, getTemplateSchema } from '../../provider/resources/provisioningJob/schemaCalls.ts'
import { listSecrets, type Pair } from '../../provider/resources/provisioningJob/secrets.ts'
import type { Candidate } from './candidates.ts'

/** A user or group with an app role. */
export interface Assigned {
  type: 'User' | 'Group'
  id: string
  displayName: string
  appRoleId: string
  /** As a stack's file names it: by id where the name means several; undefined where it is gone from the directory. */
  name: string | undefined
}

export interface Found {
  candidate: Candidate
  /** The one that is taken over: of the application's default template where there are several. */
  job: Job
  secrets: Pair[]
  schema: Schema
  /** The job's template as Microsoft delivers it. */
  template: Schema
  assigned: Assigned[]
}

export async function readFound(graph: Graph, candidate: Candidate): Promise<Found> {
  const { id } = candidate.servicePrincipal
  const job = await chooseJob(graph, candidate)
  const [secrets, schema, template, assigned] = await Promise.all([
    listSecrets(graph, id),
    getSchema(graph, jobPath(id, job.id)),
    getTemplateSchema(graph, id, job.templateId),
    namesOf(graph, candidate.assignments),
  ])
  return { candidate, job, secrets, schema, template, assigned }
}

async function chooseJob(graph: Graph, { servicePrincipal, jobs }: Candidate): Promise<Job> {
  const [only] = jobs
  if (jobs.length === 1) return only!
  const templates = await listTemplates(graph, servicePrincipal.id)
  const standard = templates.find((template) => template.default)?.id
  return jobs.find(({ templateId }) => templateId === standard) ?? only!
}

/** People are named by user principal name, groups by display name, where that means them alone. */
async function namesOf(graph: Graph, assignments: readonly Assignment[]): Promise<Assigned[]> {
  const people = assignments.filter(({ principalType }) => principalType === 'User' || principalType === 'Group')
  const objects = await graph.batch(
    people.map(({ principalType, principalId }) => ({
      method: 'GET',
      url:
        principalType === 'User'
          ? `/users/${principalId}${query({ $select: 'id,userPrincipalName' })}`
          : `/groups/${principalId}${query({ $select: 'id,displayName' })}`,
    })),
  )
  const names = objects.map(({ status, body }, index) => {
    if (status === 404) return undefined
    const { userPrincipalName, displayName } = (body ?? {}) as { userPrincipalName?: string; displayName?: string }
    return userPrincipalName ?? displayName ?? people[index]!.principalId
  })
  const groups = people.flatMap(({ principalType }, index) =>
    principalType === 'Group' && names[index] !== undefined ? [index] : [],
  )
  const namesakes = await graph.batch(
    groups.map((index) => ({
      method: 'GET',
      url: `/groups${query({ $filter: `displayName eq ${literal(names[index]!)}`, $select: 'id' })}`,
    })),
  )
  const unclear = new Set(
    groups.filter((index, at) => {
      const name = names[index]!
      const { value = [] } = (namesakes[at]!.body ?? {}) as { value?: unknown[] }
      return value.length !== 1 || isObjectId(name) || name !== name.trim()
    }),
  )
  return people.map(({ principalType, principalId, principalDisplayName, appRoleId }, index) => ({
    type: principalType === 'User' ? 'User' : 'Group',
    id: principalId,
    displayName: principalDisplayName,
    appRoleId,
    name: unclear.has(index) ? principalId : names[index],
  }))
}
