import { problemsOfAnswer } from '../../sandbox/graph/contract/answers.ts'
import type { Reply, TestSandbox } from '../../sandbox/testing.ts'

/** What the client accepts as success, by method (go-azure-sdk, generated methods). */
const ACCEPTED: Record<string, readonly number[]> = {
  GET: [200],
  POST: [200, 201, 202, 204],
  PUT: [200, 201, 202, 204],
  PATCH: [200, 202, 204],
  DELETE: [200, 204],
}

const HEADERS = {
  accept: 'application/json; charset=utf-8; IEEE754Compatible=false',
  'content-type': 'application/json; charset=utf-8',
  'odata-maxversion': '4.0',
  'odata-version': '4.0',
  'user-agent':
    'HashiCorp Terraform/1.12.0 (+https://www.terraform.io) Terraform Plugin SDK/2.37.0 terraform-provider-azuread/3.9.0',
}

/** How often a wait of the provider must see the same before it goes on. */
const HITS = 5

/** Requests as terraform-provider-azuread sends them, and its reading of the answers. */
export class AzureadClient {
  readonly #sandbox: TestSandbox
  readonly #token: string
  /** Object id of the caller, which the provider takes out of the token. */
  readonly callerId: string
  /** Application permissions of the token. */
  readonly roles: readonly string[]

  private constructor(sandbox: TestSandbox, token: string, claims: { oid: string; roles?: string[] }) {
    this.#sandbox = sandbox
    this.#token = token
    this.callerId = claims.oid
    this.roles = claims.roles ?? []
  }

  /**
   * Metadata, then a token whose payload is read without a look at the signature.
   *
   * @param signIn who signs in, in place of the sandbox's own client: fields of the form
   */
  static async configure(sandbox: TestSandbox, signIn?: Record<string, string>): Promise<AzureadClient> {
    const { tenantId, clientId, clientSecret } = sandbox.address
    const metadata = (await sandbox.send('GET', '/metadata/endpoints?api-version=2022-09-01')).body
    for (const name of ['name', 'resourceManager', 'microsoftGraphResourceId']) {
      if (!metadata[name]) throw new Error(`The metadata document has no ${name}`)
    }
    const form = new URLSearchParams({
      ...(signIn ?? { client_id: clientId, client_secret: clientSecret }),
      grant_type: 'client_credentials',
      scope: `${metadata.microsoftGraphResourceId.replace(/\/$/, '')}/.default`,
    })
    const url = `${metadata.authentication.loginEndpoint}/${tenantId}/oauth2/v2.0/token`
    const { body } = await sandbox.send('POST', url, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    })
    if (body.error) throw new Error(body.error_description)
    const parts = body.access_token.split('.')
    if (parts.length !== 3 || body.token_type !== 'Bearer' || !Number(body.expires_in)) throw new Error('no token')
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString())
    if (!claims.oid) throw new Error('The token has no oid, so that the provider would ask for it')
    return new AzureadClient(sandbox, body.access_token, claims)
  }

  /** Any answer, refused or not. The query is form-encoded, `$filter` as `%24filter` and spaces as `+`. */
  async raw(
    method: string,
    path: string,
    body?: unknown,
    query: Record<string, string> = {},
    version: 'v1.0' | 'beta' = 'v1.0',
  ): Promise<Reply> {
    const encoded = new URLSearchParams(query).toString()
    return this.#send(method, `/${version}${path}${encoded && `?${encoded}`}`, body)
  }

  /** @throws for an answer of v1.0 that is not of Graph's types */
  async #send(method: string, url: string, body?: unknown): Promise<Reply> {
    const reply = await this.#sandbox.send(method, url, body, { ...HEADERS, authorization: `Bearer ${this.#token}` })
    const isChecked = url.startsWith('/v1.0/') && reply.status < 300
    const problems = isChecked ? problemsOfAnswer(reply.body) : []
    if (problems.length > 0) throw new Error(`${method} ${url} is not Graph's: ${problems.join('; ')}`)
    return reply
  }

  /** @throws for a status that the client does not take as success, and for an answer it cannot read */
  async call(...request: Parameters<AzureadClient['raw']>): Promise<Reply['body']> {
    const reply = await this.raw(...request)
    const [method, path] = request
    if (!ACCEPTED[method]!.includes(reply.status)) {
      const { code, message } = reply.body.error
      throw new Error(`${method} ${path} was answered ${reply.status} ${code}: ${message}`)
    }
    const type = String(reply.headers['content-type'] ?? '')
    if (reply.body !== '' && !type.startsWith('application/json')) throw new Error(`${method} ${path} came as ${type}`)
    return reply.body
  }

  /** A list, page by page along absolute links. */
  async list(path: string, query: Record<string, string> = {}, version: 'v1.0' | 'beta' = 'v1.0'): Promise<Entity[]> {
    const { value, ...page } = await this.call('GET', path, undefined, query, version)
    const found: Entity[] = value
    for (let link = page['@odata.nextLink']; link; ) {
      const url = new URL(link)
      const next = (await this.#send('GET', url.pathname + url.search)).body
      found.push(...next.value)
      link = next['@odata.nextLink']
    }
    return found
  }

  /** The provider's wait without its five seconds between looks. @throws when one look is not as expected */
  async settled(path: string, isThere: (reply: Reply) => boolean, version: 'v1.0' | 'beta' = 'v1.0'): Promise<void> {
    for (let hit = 0; hit < HITS; hit++) {
      const reply = await this.raw('GET', path, undefined, {}, version)
      if (!isThere(reply)) throw new Error(`GET ${path} was answered ${reply.status} at look ${hit + 1}`)
    }
  }
}

// The client decodes what it finds.
// biome-ignore lint/suspicious/noExplicitAny: an entity has any shape
export type Entity = Record<string, any> & { id: string }

export const exists = (reply: Reply): boolean => reply.status === 200
export const isGone = (reply: Reply): boolean => reply.status === 404
