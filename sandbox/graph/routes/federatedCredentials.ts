import { randomUUID } from 'node:crypto'
import type { FederatedCredential } from '../../tenant/tenant.ts'
import { ACCESS } from '../access.ts'
import { propertiesOf, requiredText } from '../body.ts'
import { badRequest, GraphFailure, invalidValue, notFound } from '../errors.ts'
import { requireApplication } from '../lookup.ts'
import { type ListOptions, listAnswer } from '../odata/list.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'

const PATTERN = '/applications/:id/federatedIdentityCredentials'
const TYPE = 'FederatedIdentityCredential'
/** Of one application (Entra: workload identity federation considerations). */
const LIMIT = 20

export const federatedCredentialRoutes: Route[] = [
  { method: 'GET', pattern: PATTERN, access: ACCESS.readApplications, handler: list },
  { method: 'POST', pattern: PATTERN, access: ACCESS.writeApplication, handler: create },
  { method: 'GET', pattern: `${PATTERN}/:key`, access: ACCESS.readApplications, handler: get },
  { method: 'PATCH', pattern: `${PATTERN}/:key`, access: ACCESS.writeApplication, handler: update },
  { method: 'DELETE', pattern: `${PATTERN}/:key`, access: ACCESS.writeApplication, handler: remove },
]

const LIST: ListOptions<FederatedCredential> = {
  type: 'microsoft.graph.directoryObject',
  context: 'federatedIdentityCredentials',
  properties: new Set(['id', 'name', 'issuer', 'subject']),
  view: (credential) => ({ ...credential }),
}

function known(call: Call): FederatedCredential[] {
  return call.tenant.federatedCredentials.get(requireApplication(call, call.params.id!).id) ?? []
}

function save(call: Call, credentials: FederatedCredential[]): void {
  call.tenant.federatedCredentials.put(requireApplication(call, call.params.id!).id, credentials)
}

/** By id or, as `name=…`, by name. */
function require(call: Call): FederatedCredential {
  const key = call.params.key!
  const found = known(call).find(({ id, name }) => id === key || `name=${name}` === key || name === key)
  if (!found) throw notFound(key)
  return found
}

const answer = (call: Call, credential: FederatedCredential) => ({
  '@odata.context': call.context(`applications('${call.params.id}')/federatedIdentityCredentials/$entity`),
  ...credential,
})

function list(call: Call): GraphResponse {
  return listAnswer(call, known(call), LIST)
}

function get(call: Call): GraphResponse {
  return ok(answer(call, require(call)))
}

function create(call: Call): GraphResponse {
  const properties = propertiesOf(call)
  const [name, issuer, subject] = ['name', 'issuer', 'subject'].map((one) => requiredText(properties, one, TYPE)) as [
    string,
    string,
    string,
  ]
  const others = known(call)
  if (others.length >= LIMIT)
    throw badRequest(`The maximum limit of ${LIMIT} federated identity credentials is reached.`)
  if (others.some((other) => other.name === name)) {
    throw new GraphFailure(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `FederatedIdentityCredential with name ${name} already exists.`,
    )
  }
  const credential = checked(others, {
    id: randomUUID(),
    name,
    issuer,
    subject,
    audiences: audiencesIn(properties.audiences),
    description: (properties.description as string | null | undefined) ?? null,
  })
  save(call, [...others, credential])
  return created(answer(call, credential))
}

function update(call: Call): GraphResponse {
  const before = require(call)
  const changes = propertiesOf(call)
  if (changes.name !== undefined && changes.name !== before.name) {
    throw badRequest("Property 'name' cannot be changed.")
  }
  const others = known(call).filter(({ id }) => id !== before.id)
  const audiences = changes.audiences === undefined ? before.audiences : audiencesIn(changes.audiences)
  const after = checked(others, { ...before, ...changes, audiences })
  save(
    call,
    known(call).map((one) => (one.id === before.id ? after : one)),
  )
  return NO_CONTENT
}

function remove(call: Call): GraphResponse {
  const gone = require(call)
  save(
    call,
    known(call).filter(({ id }) => id !== gone.id),
  )
  return NO_CONTENT
}

/** Exactly one, by default that of the token exchange. */
function audiencesIn(value: unknown): string[] {
  if (value === undefined) return ['api://AzureADTokenExchange']
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') return value
  throw invalidValue('audiences', TYPE)
}

function checked(others: FederatedCredential[], credential: FederatedCredential): FederatedCredential {
  const url = URL.parse(credential.issuer)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw invalidValue('issuer', TYPE)
  const same = others.some(({ issuer, subject }) => issuer === credential.issuer && subject === credential.subject)
  if (same) throw badRequest('Issuer and subject combination already exists for this application.')
  return credential
}
