import { readAudit } from '../../storage/audit.ts'
import { inspectUser, type UserView } from '../../storage/inspect.ts'
import { licencesOf, type Tenant } from '../../storage/tenants.ts'
import type { LicenceType, PoolType } from '../../tenant/licence-types.ts'
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
<p>${explainLicence(found, licences[found.licence.type as PoolType] ?? null)}</p>
<p class="note">What is provisioned is not edited here: the identity provider owns it and would write it again.</p>
<section class="columns">
<div>${attributes(tenant.registry.User, found)}</div>
<div>${groups(tenant, found)}
<h2>Writes</h2>${ownAuditTable('Writes of this user, the newest first', writes)}</div>
</section>`,
  }
}

/** Why the user has a seat of this type, waits for one, or needs none. */
function explainLicence({ active, licence, groups }: UserView, seats: number | null): Html {
  const { type, held, waitingSince, ahead } = licence
  const giving = groups.filter(({ gives }) => gives === type).map(({ displayName }) => displayName)
  const source =
    type !== licence.base && giving.length > 0
      ? html`its ${giving.length === 1 ? 'group' : 'groups'} ${giving.join(', ')}`
      : html`its configuration${licence.configuration && html` ${licence.configuration}`}`
  if (type === 'none') return html`Needs no licence, by ${source}.`
  const name = nameOf(type)
  if (!active) return html`Holds no seat while it is disabled; enabled it takes one of type ${name}, by ${source}.`
  if (licence.state !== 'waiting') return html`Holds a seat of type ${name}, by ${source}.`
  return html`Waits since ${waitingSince && moment(waitingSince)} UTC for a seat of type ${name}, by ${source}.
${seats !== null && html`All of the ${count(seats, 'seat')} are taken, and `}${ahead === 0 ? 'nobody' : count(ahead ?? 0, 'user')}
${(ahead ?? 0) > 1 ? 'come' : 'comes'} before.${held && html` Until then it keeps its seat of type ${nameOf(held)}.`}
A seat is given as soon as one is freed or the pool grows.`
}

const nameOf = (type: string): string => licenceNames[type as LicenceType] ?? type

function groups(tenant: Tenant, { groups }: UserView): Html {
  const items = groups.map(
    ({ id, displayName, gives }) =>
      html`<li><a href="${address(tenant, `/groups/${id}`)}">${displayName}</a>${gives && html` <small>gives ${licenceNames[gives]}</small>`}</li>`,
  )
  return html`<h2>Groups</h2>
${items.length > 0 ? html`<ul class="list">${items}</ul>` : html`<p class="note">Member of no group that is provisioned.</p>`}`
}
