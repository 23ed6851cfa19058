import { isSecret } from '../../graph/secretKeys.ts'
import { thresholdOf } from '../../provisioning/cycle/guard.ts'
import { html, type Markup } from '../html.ts'
import { button, empty, facts, tag } from '../parts.ts'
import { type JobVisit, jobAddress, type Page } from '../visit.ts'

const NAMES: [key: string, name: string][] = [
  ['BaseAddress', 'Tenant URL'],
  ['AuthenticationType', 'Authentication'],
  ['Oauth2TokenExchangeUri', 'Token endpoint'],
  ['Oauth2ClientId', 'Client identifier'],
  ['Oauth2ClientSecret', 'Client secret'],
  ['SecretToken', 'Secret token'],
]

/** Graph's SyncNotificationSettings, as far as its parts are known from Microsoft's samples. */
interface Notifications {
  Enabled?: boolean
  Recipients?: string
  DeleteThresholdEnabled?: boolean
  DeleteThresholdValue?: number
}

/** @param tested what came of testing the connection */
export function settingsPage(visit: JobVisit, tested?: Markup): Page {
  const { parts, job } = visit
  const secrets = parts.tenant.secrets.get(job.servicePrincipalId) ?? {}
  const notifications = read(secrets.SyncNotificationSettings)
  return {
    title: 'Settings',
    body: html`<p>What a client has saved for this application.</p>
<h2>Connection</h2>
${Object.keys(secrets).length === 0 ? empty('No credentials are saved yet.') : facts(NAMES.map(([key, name]) => [name, shown(key, secrets[key])]))}
<div class="actions">${button(jobAddress(visit, 'test'), 'Test connection', 'quiet')}</div>
${tested}
<h2>Scope</h2>
${facts([
  [
    'Scope',
    secrets.SyncAll?.toLowerCase() === 'true' ? 'Sync all users and groups' : 'Sync only assigned users and groups',
  ],
  [
    'Out of scope',
    secrets.SkipOutOfScopeDeletions?.toLowerCase() === 'true'
      ? 'Nothing happens to who leaves the scope'
      : 'Who leaves the scope is disabled, groups are deleted',
  ],
])}
<h2>Notifications</h2>
${facts([
  ['On failure', notifications.Enabled ? tag('On', 'fine') : tag('Off')],
  ['Address', notifications.Recipients],
  ['Mail server', parts.settings.smtp || 'None is named: mails are not sent. Start the sandbox with --smtp host:port.'],
])}
<h2>Accidental deletion prevention</h2>
${facts([
  ['Guard', notifications.DeleteThresholdEnabled ? tag('On', 'fine') : tag('Off')],
  [
    'Threshold',
    notifications.DeleteThresholdEnabled &&
      `${notifications.DeleteThresholdValue ?? thresholdOf(job)} deletions in one cycle; more are held back`,
  ],
])}`,
  }
}

function shown(key: string, value: string | undefined): unknown {
  if (value === undefined) return undefined
  return isSecret(key) ? 'Saved, not shown' : html`<code class="copy">${value}</code>`
}

function read(json: string | undefined): Notifications {
  try {
    return JSON.parse(json ?? '{}') as Notifications
  } catch {
    return {}
  }
}

export async function testConnection(visit: JobVisit): Promise<Page> {
  const { parts, job } = visit
  const result = await parts.provisioning.validateCredentials(job.servicePrincipalId)
  return settingsPage(
    visit,
    result.ok
      ? html`<p class="notice" role="status">The target answers, and takes the credentials.</p>`
      : html`<section class="card bad" role="alert"><h3>${result.code}</h3><p>${result.message}</p></section>`,
  )
}
