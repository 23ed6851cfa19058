import { tenantUrl, tokenEndpoint } from '../../http/context.ts'
import { type Configuration, deleteConfiguration, findConfiguration } from '../../storage/configurations.ts'
import { type Html, html, type Part } from '../html.ts'
import { formToken } from '../layout.ts'
import { takeOnce } from '../once.ts'
import { copyable, facts, licenceNames, moment, table } from '../parts.ts'
import { address, authorOf, type Page, type Redirect, type Visit } from '../visit.ts'

export const readConfiguration = async ({ context, tenant, ids }: Visit): Promise<Configuration | undefined> =>
  await findConfiguration(context.database, tenant.id, ids.configuration!)

export const pathOf = ({ id }: Configuration): string => `/configurations/${id}`

export async function configuration(visit: Visit): Promise<Page | undefined> {
  const { context, tenant, session, cookies } = visit
  const found = await readConfiguration(visit)
  if (!found) return undefined
  const once = await takeOnce(context, session, found.id, cookies)
  return {
    title: found.name,
    cookie: once?.cookie,
    body: html`${once && html`<div class="card once warn" role="status"><strong>Copy the client secret now. It is not shown again.</strong></div>`}
<h2>For Entra ID</h2>
<p class="note">Provisioning › Admin credentials, with <em>OAuth2 client credentials grant</em>. One click on a value selects all of it.</p>
${facts([
  ['Tenant URL', copyable(tenantUrl(context, tenant.name))],
  ['Token endpoint', copyable(tokenEndpoint(context, tenant.name))],
  ['Client identifier', copyable(found.clientId)],
  [
    'Client secret',
    once ? copyable(once.secret) : html`<span class="note">Not stored. Make a new one if it is lost.</span>`,
  ],
])}
<h2>Secrets</h2>
${secrets(visit, found)}
${session.mayChange && rotate(visit, found)}
<h2>Settings</h2>
${facts([
  ['Default licence', licenceNames[found.defaultLicence]],
  ['Access', found.access === 'readOnly' ? 'Reads only' : 'Reads and writes'],
  ['Federated issuer', found.federation?.issuer],
  ['Federated subject', found.federation?.subject],
  ['Public keys', found.jwks?.keys.length],
  ['Managed by', found.managedBy],
  ['Created (UTC)', moment(found.createdAt)],
])}
${session.mayChange && html`<p><a class="danger" href="${address(tenant, `${pathOf(found)}/delete`)}">Delete this configuration</a></p>`}`,
  }
}

function secrets({ tenant, session }: Visit, found: Configuration): Html {
  const end = (id: string): Html =>
    html`<a href="${address(tenant, `${pathOf(found)}/secrets/${id}/end`)}">End<span class="hidden"> secret ${id.slice(0, 8)}</span></a>`
  const rows = found.secrets.map(({ id, createdAt, expiresAt, lastUsedAt }): Part[] => [
    html`<code>${id.slice(0, 8)}</code>`,
    moment(createdAt),
    html`${moment(expiresAt)}${Date.parse(expiresAt) <= Date.now() && html` <span class="tag warn">Expired</span>`}`,
    lastUsedAt ? moment(lastUsedAt) : 'never',
    ...(session.mayChange ? [end(id)] : []),
  ])
  const columns = ['Secret', 'Made (UTC)', 'Expires (UTC)', 'Last used (UTC)', ...(session.mayChange ? ['Action'] : [])]
  return rows.length > 0
    ? table('Client secrets', columns, rows)
    : html`<div class="empty"><p>It has no secret.</p></div>`
}

const rotate = (
  { tenant, session }: Visit,
  found: Configuration,
): Html => html`<section class="card" aria-labelledby="rotate">
<h2 id="rotate">Make a new secret</h2>
<form method="post" action="${address(tenant, `${pathOf(found)}/secrets`)}">${formToken(session)}
<fieldset><legend>The secrets it has now</legend>
<label class="radio"><input type="radio" name="retireOthers" value="onFirstUse" checked> end when the new one is first used</label>
<label class="radio"><input type="radio" name="retireOthers" value="never"> go on until they expire; of more than two the oldest ends</label>
<label class="radio"><input type="radio" name="retireOthers" value="now"> end at once, because one has leaked</label>
</fieldset>
<button>Make a new secret</button>
</form></section>`

export async function confirmDelete(visit: Visit): Promise<Page | undefined> {
  const found = await readConfiguration(visit)
  if (!found) return undefined
  const consequences = html`<p>Its client and its tokens stop working at once, so its identity provider can write no more. The users and groups it
has made stay.</p>${found.managedBy && html`<p>It is managed by <strong>${found.managedBy}</strong>, which would make it again, with another secret.</p>`}`
  return confirmation(visit, `Delete ${found.name}?`, consequences, `${pathOf(found)}/delete`, 'Delete', pathOf(found))
}

export async function remove(visit: Visit): Promise<Redirect | undefined> {
  const found = await readConfiguration(visit)
  if (!found) return undefined
  await deleteConfiguration(visit.context.database, authorOf(visit), found)
  visit.context.tokens.forget()
  return { to: address(visit.tenant, '/configurations') }
}

/** Asks before what cannot be undone. */
export function confirmation(
  { tenant, session }: Visit,
  title: string,
  consequences: Html,
  action: string,
  button: string,
  back: string,
): Page {
  return {
    title,
    body: html`<div class="card">${consequences}
<form method="post" action="${address(tenant, action)}" class="inline">${formToken(session)}
<button class="danger">${button}</button> <a href="${address(tenant, back)}">Keep it</a>
</form></div>`,
  }
}
