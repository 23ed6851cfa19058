import type { Configuration } from '../../storage/configurations.ts'
import type { Database } from '../../storage/database.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { type Html, html } from '../html.ts'
import { address } from '../visit.ts'

export interface Check {
  name: string
  fine: boolean
  text: string
  /** Where to put it right. */
  href?: string
}

const day = 24 * 60 * 60 * 1000
/** Time enough to get a new secret to whoever runs the identity provider. */
const noticeDays = 30

export async function databaseCheck(database: Database): Promise<Check> {
  const started = performance.now()
  const [row] = await database.query<{ version: string }>(`SELECT current_setting('server_version') AS version`)
  const took = `answers in ${Math.max(1, Math.round(performance.now() - started))} ms`
  if (database.kind === 'PostgreSQL') {
    return { name: 'Database', fine: true, text: `PostgreSQL ${row!.version.split(' ')[0]}, ${took}` }
  }
  const text = `Embedded, ${took}: one process, no replicas, and no protection from a power cut. Use PostgreSQL for production.`
  return { name: 'Database', fine: false, text }
}

/** That there is a configuration, and that none is about to lose the only secret its identity provider may have. */
export function configurationChecks(tenant: Tenant, configurations: Configuration[], now: Date): Check[] {
  if (configurations.length === 0) {
    const href = address(tenant, '/configurations')
    return [
      { name: 'Configurations', fine: false, text: 'None: no identity provider can reach this tenant yet.', href },
    ]
  }
  const worries = configurations.flatMap((configuration) => {
    const text = secretWorry(configuration, now)
    const href = address(tenant, `/configurations/${configuration.id}`)
    return text ? [{ name: configuration.name, fine: false, text, href }] : []
  })
  return worries.length > 0
    ? worries
    : [{ name: 'Secrets', fine: true, text: `None expires within ${noticeDays} days` }]
}

/** Undefined where all is well. A configuration that signs in by federation or keys needs no secret. */
export function secretWorry({ secrets, federation, jwks }: Configuration, now: Date): string | undefined {
  const left = secrets.map(({ expiresAt }) => (Date.parse(expiresAt) - now.getTime()) / day)
  if (left.length === 0) return federation || jwks ? undefined : 'Has no secret: nobody can sign in with it.'
  const soonest = Math.min(...left)
  if (soonest > noticeDays) return undefined
  if (soonest <= 0) return left.length > 1 ? 'One of its secrets has expired.' : 'Its secret has expired.'
  const when = soonest < 1 ? 'today' : `in ${Math.floor(soonest)} ${soonest < 2 ? 'day' : 'days'}`
  return `${left.length > 1 ? 'One of its secrets' : 'Its secret'} expires ${when}.`
}

export const health = (checks: Check[]): Html =>
  html`<ul class="list">${checks.map(
    ({
      name,
      fine,
      text,
      href,
    }) => html`<li><span class="tag ${fine ? 'fine' : 'warn'}">${fine ? 'OK' : 'Attention'}</span>
<div><strong>${href ? html`<a href="${href}">${name}</a>` : name}</strong> ${text}</div></li>\n`,
  )}</ul>`
