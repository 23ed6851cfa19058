import { z } from 'zod'
import { type Configuration, createConfiguration, listConfigurations } from '../../storage/configurations.ts'
import { brokenConstraint } from '../../storage/database.ts'
import { licenceTypes } from '../../tenant/licence-types.ts'
import { type Html, html, type Part } from '../html.ts'
import { formToken } from '../layout.ts'
import { keepOnce } from '../once.ts'
import { licenceNames, moment, selectField, table } from '../parts.ts'
import { address, authorOf, type Page, type Redirect, type Route, type Visit } from '../visit.ts'
import { configuration, confirmDelete, remove } from './configuration.ts'
import { secretWorry } from './health.ts'

export const configurationPages: Route[] = [
  { method: 'GET', path: '/configurations', handle: (visit) => configurations(visit) },
  { method: 'POST', path: '/configurations', handle: create },
  { method: 'GET', path: '/configurations/:configuration', handle: configuration },
  { method: 'GET', path: '/configurations/:configuration/delete', handle: confirmDelete },
  { method: 'POST', path: '/configurations/:configuration/delete', handle: remove },
]

async function configurations(visit: Visit, problem?: string): Promise<Page> {
  const { context, tenant } = visit
  const found = await listConfigurations(context.database, tenant.id)
  return {
    title: 'Configurations',
    status: problem ? 400 : 200,
    body: html`<p>One for each identity provider, or stack, that provisions into this tenant: a client with its secrets.</p>
${found.length > 0 ? configurationsTable(visit, found) : none}
${visit.session.mayChange && form(visit, problem)}`,
  }
}

function configurationsTable({ tenant }: Visit, found: Configuration[]): Html {
  const rows = found.map((each): Part[] => [
    html`<a href="${address(tenant, `/configurations/${each.id}`)}">${each.name}</a>`,
    licenceNames[each.defaultLicence],
    lastUsed(each),
    secretState(each),
  ])
  return table('Configurations', ['Name', 'Default licence', 'Last sign-in (UTC)', 'Secrets'], rows)
}

function lastUsed({ secrets }: Configuration): Part {
  const last = secrets
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .sort()
    .at(-1)
  return last ? moment(last) : 'never'
}

function secretState(each: Configuration): Part {
  const worry = secretWorry(each, new Date())
  return worry ? html`<span class="tag warn">Attention</span> ${worry}` : each.secrets.length
}

const none = html`<div class="empty"><p>No identity provider can reach this tenant yet. Create a configuration below, and enter its values
in Entra ID under <em>Provisioning</em> › <em>Admin credentials</em>.</p></div>`

const form = (
  { tenant, session, fields }: Visit,
  problem?: string,
): Html => html`<section class="card" aria-labelledby="create">
<h2 id="create">Create a configuration</h2>
<form method="post" action="${address(tenant, '/configurations')}" class="search">${formToken(session)}
<div class="grow"><label for="name">Name</label><input id="name" name="name" required maxlength="200" value="${fields.name}" placeholder="Entra ID of Contoso"${
  problem && html` aria-invalid="true" aria-describedby="problem" autofocus`
}></div>
${selectField('defaultLicence', 'Default licence', Object.entries(licenceNames), fields.defaultLicence)}
<button>Create</button>
${problem && html`<p id="problem" class="problem" role="alert">${problem}</p>`}
</form>
<p class="note">Users that it makes are given the default licence. The next page shows the client secret, once.</p>
</section>`

const newConfiguration = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'The name may have 200 characters.'),
  defaultLicence: z.enum(licenceTypes, `The default licence is one of ${licenceTypes.join(', ')}.`),
})

async function create(visit: Visit): Promise<Page | Redirect> {
  const { context, tenant, session, fields } = visit
  const wanted = newConfiguration.safeParse(fields)
  if (!wanted.success) return await configurations(visit, wanted.error.issues.map(({ message }) => message).join(' '))
  try {
    const { id, clientSecret } = await createConfiguration(context.database, authorOf(visit), wanted.data)
    return {
      to: address(tenant, `/configurations/${id}`),
      cookie: await keepOnce(context, session, id, clientSecret),
    }
  } catch (error) {
    if (brokenConstraint(error) !== 'configuration_tenant_name_key_key') throw error
    return await configurations(visit, `There is a configuration named ${wanted.data.name} already. Take another name.`)
  }
}
