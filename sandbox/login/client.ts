import { timingSafeEqual } from 'node:crypto'
import type { Application, ServicePrincipal } from '../tenant/model.ts'
import { type AssertedClient, checkAssertion } from './assertion/check.ts'
import { disabledClient, expiredSecret, missingParameter, noCredential, unknownClient, wrongSecret } from './errors.ts'
import type { TokenIssuer } from './issuer.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface Client extends AssertedClient {
  /** `appidacr` of tokens: 1 for a secret, 2 for an assertion. */
  proof: '1' | '2'
}

/**
 * The client of a token request, by secret in the header or the form, or by assertion.
 * @throws LoginFailure
 */
export async function authenticate(
  issuer: TokenIssuer,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<Client> {
  const basic = parseBasic(authorization)
  const clientId = basic?.id ?? form.get('client_id')
  if (!clientId) throw missingParameter('client_id')
  const client = findClient(issuer, clientId)
  const secret = basic?.secret ?? form.get('client_secret')
  if (secret !== null) {
    checkSecret(issuer, client, secret)
    return { ...client, proof: '1' }
  }
  if (form.get('client_assertion_type') !== JWT_BEARER) throw noCredential()
  const assertion = form.get('client_assertion')
  if (!assertion) throw missingParameter('client_assertion')
  await checkAssertion(issuer, client, assertion)
  return { ...client, proof: '2' }
}

/** @throws LoginFailure for one that is not in the tenant, or disabled */
export function findClient({ tenant }: TokenIssuer, clientId: string): AssertedClient {
  const isClient = (one: Application | ServicePrincipal) => one.appId === clientId && one.deletedDateTime === null
  const principal = [...tenant.servicePrincipals.values()].find(isClient)
  if (!principal) throw unknownClient(clientId, tenant.tenantId)
  if (!principal.accountEnabled) throw disabledClient(clientId, principal.displayName)
  return { clientId, principal, application: [...tenant.applications.values()].find(isClient) }
}

/** When a secret is good. */
interface Term {
  keyId: string
  startDateTime: string
  endDateTime: string
}

/** Identifier and secret are form-encoded in the header (RFC 6749 §2.3.1). */
function parseBasic(authorization: string | undefined) {
  const encoded = /^basic (.+)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const [id, secret] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s)
  return { id: formDecoded(id), secret: formDecoded(secret) }
}

/** Clients that do not encode are understood as long as what they send is not taken for an encoding. */
function formDecoded(text = ''): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Of the application or of its service principal in the tenant; one whose time has not come is not known yet. */
function checkSecret({ tenant, clock }: TokenIssuer, client: AssertedClient, secret: string): void {
  const { clientId, application, principal } = client
  const given = Buffer.from(secret)
  const secrets = [clientId, principal.id].flatMap((key) => tenant.credentials.get(key) ?? [])
  const found = secrets.find((known) => {
    const expected = Buffer.from(known.secret)
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
  if (!found) throw wrongSecret(clientId)
  const shown = [application, principal].flatMap((holder) => (holder?.other.passwordCredentials ?? []) as Term[])
  const term = shown.find(({ keyId }) => keyId === found.keyId)
  if (!term) return
  if (Date.parse(term.startDateTime) > clock.now()) throw wrongSecret(clientId)
  if (Date.parse(term.endDateTime) <= clock.now()) throw expiredSecret(clientId)
}
