/** Credentials, the token they give, and what the token says. */
import type { Graph } from '../../../provider/graph/client.ts'
import { endpointsOf } from '../../../provider/graph/cloud.ts'
import { type GraphSettings, graphSettings } from '../../../provider/graph/settings.ts'
import type { Env } from '../../stack/tenant.ts'
import { claimsOf } from '../../stack/token.ts'
import { ok, parted, problem, type Result, type Said } from '../finding.ts'

/** Who calls Graph, as the token names them. */
export interface Caller {
  objectId: string
  /** Application permissions, or what a person let the application do for them. */
  permissions: ReadonlySet<string>
  isPerson: boolean
  /** Where an administrator of the tenant consents to what the application asks for; undefined where there is none. */
  consentLink: string | undefined
}

export function checkCredentials(env: Env): Result<GraphSettings> {
  try {
    const settings = graphSettings(env)
    const { tenantId, credential } = settings
    const who =
      'clientId' in credential && credential.clientId ? `client ${credential.clientId}` : 'whoever is signed in'
    return ok(`tenant ${tenantId}, ${who}, by ${METHODS[credential.kind]}`, settings)
  } catch (error) {
    const lines = (error as Error).message.split('\n- ').slice(1)
    return { said: lines.map(explain) }
  }
}

const METHODS: Record<GraphSettings['credential']['kind'], string> = {
  certificate: 'certificate',
  secret: 'client secret',
  oidc: 'federation',
  managedIdentity: 'managed identity',
  cli: 'az login',
}

function explain(line: string): Said {
  const { seen, fix } = parted(line, ': ', 'docs/real-tenant.md lists the variables')
  return { state: 'problem', seen, fix: seen.endsWith('is not set') ? `set it to ${fix}` : fix }
}

export async function checkSignIn(
  graph: Graph,
  settings: GraphSettings,
  fetch = globalThis.fetch,
): Promise<Result<Caller>> {
  const { graph: resource, login } = await endpointsOf(settings.cloud, fetch)
  const consentLink = consentLinkOf(settings, login)
  let token: string
  try {
    token = await graph.token(`${resource}/.default`)
  } catch (error) {
    return refused(error as Error, consentLink)
  }
  const claims = claimsOf(token)
  if (isGuid(settings.tenantId) && claims.tid && claims.tid !== settings.tenantId.toLowerCase()) {
    return problem(
      `the token is of tenant ${claims.tid}, not of ${settings.tenantId}`,
      `sign in to the right one: az login --tenant ${settings.tenantId}`,
    )
  }
  const isPerson = claims.scp !== undefined
  const name = isPerson ? (claims.upn ?? claims.unique_name) : (claims.app_displayname ?? claims.appid)
  return ok(`signed in as ${name ?? claims.oid}`, {
    objectId: claims.oid ?? '',
    permissions: new Set(isPerson ? claims.scp!.split(' ') : (claims.roles ?? [])),
    isPerson,
    consentLink,
  })
}

function refused({ message }: Error, consentLink: string | undefined): Result<Caller> {
  const { seen, fix } = parted(message, '\n', 'check the ARM_ variables')
  const wantsConsent = /AADSTS(700016|65001)\b/.test(message) && consentLink !== undefined
  return problem(
    seen.replace(/\s+/g, ' '),
    wantsConsent ? `${fix} An administrator of the tenant consents at ${consentLink}` : fix,
  )
}

/** Source: Microsoft Entra, "Grant tenant-wide admin consent to an application". */
function consentLinkOf({ tenantId, credential }: GraphSettings, login: string): string | undefined {
  if (credential.kind === 'managedIdentity' || credential.kind === 'cli') return undefined
  return `${login}/${tenantId}/adminconsent?client_id=${encodeURIComponent(credential.clientId)}`
}

const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
