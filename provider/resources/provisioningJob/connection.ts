import { type Graph, GraphError, missesPermission } from '../../graph/client.ts'
import type { Credentials, ProvisioningJobInputs as Inputs } from './inputs.ts'
import { AUTHENTICATION_TYPE, type Pair, pairsOf, pointsAtType, putSecrets } from './secrets.ts'

/**
 * The portal's Test Connection on what is saved: undefined when it passes, else in words what is wrong. A template that
 * objects to the authentication type is tried once more without it.
 */
export async function testConnection(
  graph: Graph,
  path: string,
  inputs: Inputs,
  existing: readonly Pair[],
): Promise<string | undefined> {
  const first = await validate(graph, path)
  if (!first) return undefined
  if (!pointsAtType(first)) return explainFailure(first, inputs.credentials)
  await putSecrets(graph, inputs, [...existing, { key: 'AuthenticationType', value: '' }], false)
  const second = await validate(graph, path)
  if (!second) return undefined
  return `${explainFailure(second, inputs.credentials)}\nWith AuthenticationType set, Entra had said: ${first.detail}`
}

/**
 * The same test on credentials that are not saved: what is in use goes on. Undefined when it passes, else in words what is
 * wrong (graph-api.md 3.7).
 */
export async function testUnsaved(graph: Graph, path: string, credentials: Credentials): Promise<string | undefined> {
  const pairs = pairsOf(credentials)
  const test = (value: Pair[]) => validate(graph, path, { useSavedCredentials: false, credentials: value })
  const first = await test([AUTHENTICATION_TYPE, ...pairs])
  const failure = first && pointsAtType(first) ? await test(pairs) : first
  return failure && whatIsWrong(failure, credentials)
}

const SAVED = { useSavedCredentials: true }

async function validate(graph: Graph, path: string, what: object = SAVED): Promise<GraphError | undefined> {
  try {
    await graph.post(`${path}/validateCredentials`, what, { repeatable: true })
    return undefined
  } catch (error) {
    if (error instanceof GraphError && !missesPermission(error)) return error
    throw error
  }
}

type Explain = (credentials: Addressed) => string
/** What an explanation may name. */
type Addressed = Pick<Credentials, 'tenantUrl' | 'tokenEndpoint' | 'clientId'>

/** First match counts: what the token endpoint says is about the token endpoint also where it mentions the target. */
const EXPLANATIONS: [RegExp, Explain][] = [
  [
    /NotInAllowList/i,
    ({ tokenEndpoint }) =>
      `Entra does not let this template use the token endpoint ${tokenEndpoint}: ask the vendor of the application which host is allowed.`,
  ],
  [
    /token.*(invalid_client|unauthorized|\b401\b|\b403\b)|invalid_client/is,
    ({ tokenEndpoint, clientId }) =>
      `The token endpoint ${tokenEndpoint} refused the client '${clientId}': check credentials.clientId and credentials.clientSecret.`,
  ],
  [
    /token.*(\b404\b|not ?found)/is,
    ({ tokenEndpoint }) => `There is nothing at ${tokenEndpoint}: check credentials.tokenEndpoint.`,
  ],
  [
    /token.*(html|json|parse|unexpected)/is,
    ({ tokenEndpoint }) =>
      `${tokenEndpoint} answered with something that is no token, such as a sign-in page: check credentials.tokenEndpoint.`,
  ],
  [
    /token.*(refused|ENOTFOUND|resolve|timed? ?out|unreachable|certificate|fetch failed)/is,
    ({ tokenEndpoint }) =>
      `The token endpoint ${tokenEndpoint} cannot be reached from Entra: check credentials.tokenEndpoint, its name and its certificate.`,
  ],
  [
    /refused|ENOTFOUND|resolve|timed? ?out|unreachable|certificate|fetch failed/i,
    ({ tenantUrl }) =>
      `${tenantUrl} cannot be reached from Entra: check credentials.tenantUrl, its name and its certificate.`,
  ],
  [
    /\b401\b|\b403\b|unauthorized|forbidden/i,
    ({ tenantUrl }) =>
      `${tenantUrl} does not accept the token that was given for it: check that credentials.tenantUrl and credentials.tokenEndpoint belong to the same configuration.`,
  ],
  [
    /\b404\b|not ?found|Incompatible/i,
    ({ tenantUrl }) => `There is no SCIM service at ${tenantUrl}: check credentials.tenantUrl, its path included.`,
  ],
  [
    /html|parse|unexpected token|BadResponse/i,
    ({ tenantUrl }) =>
      `${tenantUrl} answered with something that is not SCIM, such as a web page: check credentials.tenantUrl, its path included.`,
  ],
  [/\b5\d\d\b/, ({ tenantUrl }) => `${tenantUrl} has a problem of its own: see its logs.`],
]

/** What to do about what Entra says of the target: code and message. */
export function adviceFor(said: string, credentials: Addressed): string | undefined {
  return EXPLANATIONS.find(([pattern]) => pattern.test(said))?.[1](credentials)
}

export const explainFailure = (error: GraphError, credentials: Credentials): string =>
  `The connection test failed, so provisioning stays stopped. ${whatIsWrong(error, credentials)}`

function whatIsWrong(error: GraphError, credentials: Credentials): string {
  const advice =
    adviceFor(`${error.code} ${error.detail}`, credentials) ??
    'Check the four credentials against what the application shows.'
  const id = error.requestId ? `, request id ${error.requestId}` : ''
  return `${advice}\nEntra said: ${error.detail || 'nothing'} (${error.code}, status ${error.status}${id})`
}
