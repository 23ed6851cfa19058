import { jwtVerify } from 'jose'
import { GraphFailure } from '../graph/errors.ts'
import type { Caller } from '../graph/request.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { CLOUDS } from './clouds.ts'
import type { SigningKey } from './keys.ts'

interface Known {
  caller: Caller
  tenantId: string
  /** Seconds since the epoch. */
  expires: number
}

const GRAPHS = new Set<unknown>(Object.values(CLOUDS).map(({ graph }) => graph))

const invalid = (message: string) => new GraphFailure(401, 'InvalidAuthenticationToken', message)

const unknownIdentity = () =>
  new GraphFailure(
    401,
    'Authorization_IdentityNotFound',
    'The identity of the calling application could not be established.',
  )

/** Who is behind an `Authorization` header; a token's signature is checked once. */
export class CallerCheck {
  readonly #key: SigningKey
  readonly #known = new Map<string, Known>()

  constructor(key: SigningKey) {
    this.#key = key
  }

  /**
   * @param tenant whose Graph is asked
   * @throws GraphFailure 401
   */
  async callerOf(authorization: string | undefined, tenant: Tenant): Promise<Caller> {
    const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]
    if (!token) throw invalid('Access token is empty.')
    const known = this.#known.get(token) ?? (await this.#verify(token))
    if (known.expires * 1000 <= Date.now()) throw invalid('Lifetime validation failed, the token is expired.')
    if (known.tenantId !== tenant.tenantId) throw invalid('Access token validation failure. Invalid tenant.')
    const { objectId, scopes } = known.caller
    if (!scopes && tenant.servicePrincipals.get(objectId)?.deletedDateTime !== null) throw unknownIdentity()
    return known.caller
  }

  async #verify(token: string): Promise<Known> {
    const { payload } = await jwtVerify(token, this.#key.public, { algorithms: ['RS256'] }).catch(
      (error: { code?: string }) => {
        if (error.code === 'ERR_JWT_EXPIRED') throw invalid('Lifetime validation failed, the token is expired.')
        throw invalid('IDX14100: JWT is not well formed, or was not signed by this tenant.')
      },
    )
    if (!GRAPHS.has(payload.aud)) throw invalid('Access token validation failure. Invalid audience.')
    const caller = {
      appId: String(payload.appid),
      objectId: String(payload.oid),
      roles: new Set((payload.roles as string[] | undefined) ?? []),
      scopes: typeof payload.scp === 'string' ? new Set(payload.scp.split(' ')) : undefined,
    }
    const known = { caller, tenantId: String(payload.tid), expires: payload.exp! }
    this.#known.set(token, known)
    return known
  }
}
