import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'

const timeout = 5_000
/** Keys are read again after this time, and for a key id that is not among them, then at most every half a minute. */
const keysKeptFor = 10 * 60_000
const rereadAtMostEvery = 30_000
/** Where the keys are changes less often. */
const issuerKeptFor = 24 * 60 * 60_000
const rememberedIssuers = 500

/** The issuer or its keys could not be read: not the client's fault, and worth another try. */
export class IssuerUnreachable extends Error {}

/** The keys of identity providers that are trusted by a configuration. */
export interface Issuers {
  /** Throws `IssuerUnreachable`. */
  keysOf(issuer: string): Promise<JWTVerifyGetKey>
}

const metadata = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isSafeAddress) })

export function openIssuers(): Issuers {
  const known = new Map<string, { keys: Promise<JWTVerifyGetKey>; until: number }>()
  return {
    async keysOf(issuer) {
      const remembered = known.get(issuer)
      if (remembered && remembered.until > Date.now()) return await remembered.keys
      if (known.size >= rememberedIssuers) known.clear()
      const keys = readIssuer(issuer)
      known.set(issuer, { keys, until: Date.now() + issuerKeptFor })
      return await keys.catch((error) => {
        known.delete(issuer)
        throw error
      })
    },
  }
}

/** OpenID Connect Discovery 1.0 §4: the document says where the keys are, and must say that it is of this issuer. */
async function readIssuer(issuer: string): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeout) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    const found = metadata.parse(await response.json())
    if (found.issuer !== issuer) throw new Error(`it is of issuer ${JSON.stringify(found.issuer.slice(0, 200))}`)
    const keys = createRemoteJWKSet(new URL(found.jwks_uri), {
      timeoutDuration: timeout,
      cacheMaxAge: keysKeptFor,
      cooldownDuration: rereadAtMostEvery,
    })
    return (header, token) => keys(header, token).catch((error) => unlessUnknownKey(issuer, error))
  } catch (error) {
    throw new IssuerUnreachable(`The keys of ${issuer} cannot be read from ${address}: ${(error as Error).message}`)
  }
}

function unlessUnknownKey(issuer: string, error: Error): never {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
  throw new IssuerUnreachable(`The keys of ${issuer} cannot be read: ${error.message}`)
}

/** https, since whoever can change the keys on the way can sign in; http for this machine only. */
export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, search, hash } = new URL(text)
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return (
    username === '' && search === '' && hash === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback))
  )
}
