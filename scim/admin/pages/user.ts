import { readAudit } from '../../storage/audit.ts'
import { inspectUser, type UserView } from '../../storage/inspect.ts'
import type { Licences, PoolType } from '../../storage/tenants.ts'
import { licencesOf, type Tenant } from '../../storage/tenants.ts'
import { type Html, html } from '../html.ts'
import { count, licence, licenceNames, moment } from '../parts.ts'
import { address, type Page, type Visit } from '../visit.ts'
import { attributes } from './attributes.ts'
import { ownAuditTable } from './audit-table.ts'

const auditShown = 20

export async function user({ context, tenant, ids }: Visit): Promise<Page | undefined> {
  const { database } = context
  const found = await inspectUser(database, tenant.id, ids.user!)
  if (!found) return undefined
  const [licences, writes] = await Promise.all([
    licencesOf(database, tenant.id),
    readAudit(database, tenant.id, { subjectId: found.id, limit: auditShown }),
  ])
  return {
    title: String(found.attributes.displayName ?? found.attributes.userName),
    body: html`<p>${found.active ? 'Enabled' : 'Disabled'} · ${licence(found.licence.type, found.licence.state)}</p>
<p>${explainLicence(found, licences)}</p>
<p class="note">What is provisioned is not edited here: the identity provider owns it and would write it again.</p>
<section class="columns">
<div>${attributes(tenant.registry.User, found)}</div>
<div>${groups(tenant, found)}
<h2>Writes</h2>${ownAuditTable('Writes of this user, the newest first', writes)}</div>
</section>`,
  }
}

/** Why the user has a seat, waits for one, or needs none. */
export function explainLicence({ active, licence }: UserView, licences: Licences): Html {
  const name = licenceNames[licence.type as PoolType] ?? licence.type
  if (licence.type === 'none') return html`Needs no licence.`
  if (!active)
    return html`Holds no seat: a disabled user gives it back, and takes one of type ${name} again when enabled.`
  if (licence.state !== 'waiting') return html`Holds one seat of type ${name}.`
  const seats = licences[licence.type as PoolType]
  return html`Waits since ${licence.waitingSince && moment(licence.waitingSince)} UTC for a seat of type ${name}:
${seats === null ? 'the pool' : html`all of the ${count(seats, 'seat')}`} of it are taken, and
${licence.ahead === 0 ? 'nobody comes' : `${count(licence.ahead ?? 0, 'user')} ${licence.ahead === 1 ? 'comes' : 'come'}`} before.
A seat is given as soon as one is freed or the pool grows.`
}

function groups(tenant: Tenant, { groups }: UserView): Html {
  const items = groups.map(
    ({ id, displayName }) => html`<li><a href="${address(tenant, `/groups/${id}`)}">${displayName}</a></li>`,
  )
  return html`<h2>Groups</h2>
${items.length > 0 ? html`<ul class="list">${items}</ul>` : html`<p class="note">Member of no group that is provisioned.</p>`}`
}
