import type { SecretSet } from '../../../tenant/model.ts'
import { ACCESS } from '../../access.ts'
import { badRequest } from '../../errors.ts'
import { requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, NO_CONTENT } from '../../request.ts'
import type { Route } from '../../router.ts'
import { readPairs } from '../../secretKeys.ts'
import { test } from './credentials.ts'
import { requireJob } from './jobs.ts'
import { checkSecrets } from './secrets.ts'

const BASE = '/servicePrincipals/:id/synchronization'
const access = ACCESS.writeSynchronization

/** Beta's successor of secrets and validateCredentials, as far as it is known: no page of Microsoft's describes it. */
export const connectivityRoutes: Route[] = [
  { method: 'PATCH', pattern: `${BASE}/connectivityParameters`, access, handler: update },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/validateConnectivity`, access, handler: validate },
]

/** `Header` or `Body`; it is no member of the secrets' enum. */
const CREDENTIAL_LOCATION = 'CredentialLocationInRequest'

function requireBeta(call: Call): void {
  if (call.request.version === 'beta') return
  throw badRequest(`Resource not found for the segment '${call.request.path.split('/').at(-1)}'.`, 'BadRequest')
}

/** The parameters are the secrets under other names, `baseAddress` for `BaseAddress`; they merge by key. */
function update(call: Call): GraphResponse {
  requireBeta(call)
  const { id } = requireSynchronized(call, call.params.id!)
  const { value } = call.json()
  if (!Array.isArray(value)) throw badRequest("The request is missing the required parameter 'value'.")
  const pairs = (value as { key?: unknown; value?: unknown }[]).map((pair) => ({ ...pair, key: memberOf(pair?.key) }))
  const isLocation = (pair: { key: string }) => pair.key === CREDENTIAL_LOCATION
  const sent = readPairs(
    pairs.filter((pair) => !isLocation(pair)),
    'value',
  )
  checkSecrets(sent)
  const location = pairs.find(isLocation)?.value
  if (location !== undefined && location !== 'Header' && location !== 'Body') {
    throw badRequest(`The value of 'credentialLocationInRequest' is Header or Body, not '${location}'.`)
  }
  const merged: SecretSet = { ...call.tenant.secrets.get(id), ...sent }
  if (location) merged[CREDENTIAL_LOCATION] = location
  call.tenant.secrets.put(id, Object.fromEntries(Object.entries(merged).filter(([, text]) => text !== '')))
  return NO_CONTENT
}

const memberOf = (key: unknown): string =>
  typeof key === 'string' ? `${key.slice(0, 1).toUpperCase()}${key.slice(1)}` : ''

/** With what is saved: what else it takes is not known. */
async function validate(call: Call): Promise<GraphResponse> {
  requireBeta(call)
  const { servicePrincipalId } = requireJob(call)
  await test(call, servicePrincipalId)
  return NO_CONTENT
}
