import { addSecret, deleteSecret, type RetireOthers } from '../../storage/secrets.ts'
import { html } from '../html.ts'
import { keepOnce } from '../once.ts'
import { address, authorOf, choice, type Page, type Redirect, type Route, type Visit } from '../visit.ts'
import { confirmation, pathOf, readConfiguration } from './configuration.ts'

const path = '/configurations/:configuration/secrets'

export const secretPages: Route[] = [
  { method: 'POST', path, handle: rotate },
  { method: 'GET', path: `${path}/:secret/end`, handle: confirmEnd },
  { method: 'POST', path: `${path}/:secret/end`, handle: end },
]

const endings: readonly RetireOthers[] = ['onFirstUse', 'never', 'now']

async function rotate(visit: Visit): Promise<Redirect | undefined> {
  const { context, tenant, session, fields } = visit
  const found = await readConfiguration(visit)
  if (!found) return undefined
  const { clientSecret } = await addSecret(
    context.database,
    authorOf(visit),
    found,
    choice(endings, fields.retireOthers) ?? 'onFirstUse',
  )
  return { to: address(tenant, pathOf(found)), cookie: await keepOnce(context, session, found.id, clientSecret) }
}

async function confirmEnd(visit: Visit): Promise<Page | undefined> {
  const found = await readConfiguration(visit)
  const secret = found?.secrets.find(({ id }) => id === visit.ids.secret)
  if (!found || !secret) return undefined
  const last = found.secrets.length === 1 && !found.federation && !found.jwks
  const consequences = html`<p>Whoever signs in with it is refused from now on; tokens that were issued go on until they expire.</p>
${last && html`<p>It is the only one of <strong>${found.name}</strong>: provisioning stops until a new one is made and entered in Entra ID.</p>`}`
  const action = `${pathOf(found)}/secrets/${secret.id}/end`
  return confirmation(
    visit,
    `End secret ${secret.id.slice(0, 8)}?`,
    consequences,
    action,
    'End the secret',
    pathOf(found),
  )
}

async function end(visit: Visit): Promise<Redirect | undefined> {
  const found = await readConfiguration(visit)
  if (!found || !(await deleteSecret(visit.context.database, authorOf(visit), found, visit.ids.secret!)))
    return undefined
  return { to: address(visit.tenant, pathOf(found)) }
}
