import type { SynchronizationSchema } from '../../../sync/schema.ts'
import type { User } from '../../tenant/model.ts'
import { html, type Markup } from '../html.ts'
import { empty, searchField, table } from '../parts.ts'
import { type JobVisit, jobAddress, type Page, type Redirect } from '../visit.ts'
import { entryDetails } from './entry.ts'

const SHOWN = 20

/** Finds a user to provision at once; afterwards, what was done about them. */
export function onDemandPage(visit: JobVisit, problem?: string): Page {
  const { parts, fields } = visit
  const search = (fields.get('search') ?? '').trim()
  const record = parts.tenant.log.get(fields.get('entry') ?? '')
  return {
    title: 'Provision on demand',
    status: problem === undefined ? 200 : 502,
    body: html`<p>Provisions one user now, beside the cycles, and shows each step.</p>
<form method="get" class="search" role="search">${searchField(search, 'Name or user principal name')}<button>Find</button></form>
${problem !== undefined && html`<section class="card bad" role="alert"><h2>Nobody was provisioned</h2><p>${problem}</p></section>`}
${search !== '' && people(visit, search)}
${record && html`<section aria-labelledby="result"><h2 id="result">${record.displayName}</h2>${entryDetails(visit, record)}</section>`}`,
  }
}

function people(visit: JobVisit, search: string): Markup {
  const found = matching(visit.parts.tenant.users.values(), search.toLowerCase())
  if (found.length === 0) return empty('No user of the directory matches.')
  const form = ({
    id,
    displayName,
  }: User): Markup => html`<form method="post" action="${jobAddress(visit, 'on-demand')}">
<input type="hidden" name="user" value="${id}"><button class="quiet" aria-label="Provision ${displayName}">Provision</button></form>`
  const rows = found.map((user) => [user.displayName, user.userPrincipalName, user.department ?? '', form(user)])
  return html`${table('Users', ['Name', 'User principal name', 'Department', 'Provision'], rows)}
${found.length === SHOWN && html`<p class="faint">The first ${SHOWN} are shown.</p>`}`
}

function matching(users: Iterable<User>, search: string): User[] {
  const found: User[] = []
  for (const user of users) {
    if (user.deletedDateTime !== null) continue
    if (!`${user.displayName} ${user.userPrincipalName}`.toLowerCase().includes(search)) continue
    if (found.push(user) === SHOWN) break
  }
  return found
}

/** A connection that fails leaves no entry in the log, and is told on the page itself. */
export async function provisionUser(visit: JobVisit): Promise<Page | Redirect> {
  const { parts, job, fields } = visit
  const { tenant, provisioning } = parts
  const schema = (job.schema ?? parts.templateSchema(job.factory ?? job.templateId)) as SynchronizationSchema
  const objectId = fields.get('user') ?? ''
  const parameters = [{ ruleId: schema.synchronizationRules[0]!.id, subjects: [{ objectId, objectTypeName: 'User' }] }]
  const before = new Set(Array.from(tenant.log.values(), ({ id }) => id))
  try {
    await provisioning.provisionOnDemand(job.id, parameters)
  } catch (error) {
    return onDemandPage(visit, (error as Error).message)
  }
  const written = [...tenant.log.values()].find((record) => !before.has(record.id) && record.objectId === objectId)
  if (written) return { to: jobAddress(visit, `on-demand?entry=${written.id}`) }
  const tested = await provisioning.validateCredentials(job.servicePrincipalId)
  return onDemandPage(visit, tested.ok ? 'The service left no entry in its log.' : tested.message)
}
