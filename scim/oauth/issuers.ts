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

/** Identity providers that are trusted: by a configuration, or by the service itself. */
export interface Issuers {
  /** Throws `IssuerUnreachable`, as the other does. */
  keysOf(issuer: string): Promise<JWTVerifyGetKey>
  /** Where it signs people in. */
  endpointsOf(issuer: string): Promise<Endpoints>
}

export interface Endpoints {
  authorizationEndpoint: string
  tokenEndpoint: string
}

interface Issuer {
  keys: JWTVerifyGetKey
  /** Undefined for one that signs nobody in, or by addresses that are not safe. */
  endpoints: Endpoints | undefined
}

const address = z.string().refine(isSafeAddress)
const metadata = z.object({ issuer: z.string(), jwks_uri: address })
const signInMetadata = z.object({ authorization_endpoint: address, token_endpoint: address })

export function openIssuers(): Issuers {
  const known = new Map<string, { read: Promise<Issuer>; until: number }>()
  const find = async (issuer: string): Promise<Issuer> => {
    const remembered = known.get(issuer)
    if (remembered && remembered.until > Date.now()) return await remembered.read
    if (known.size >= rememberedIssuers) known.clear()
    const read = readIssuer(issuer)
    known.set(issuer, { read, until: Date.now() + issuerKeptFor })
    return await read.catch((error) => {
      known.delete(issuer)
      throw error
    })
  }
  return {
    keysOf: async (issuer) => (await find(issuer)).keys,
    async endpointsOf(issuer) {
      const { endpoints } = await find(issuer)
      if (endpoints) return endpoints
      throw new IssuerUnreachable(`The metadata of ${issuer} does not say where it signs people in`)
    },
  }
}

/** OpenID Connect Discovery 1.0 §4: the document says where the keys are, and must say that it is of this issuer. */
async function readIssuer(issuer: string): Promise<Issuer> {
  const document = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const response = await fetch(document, { redirect: 'error', signal: AbortSignal.timeout(timeout) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    const body = await response.json()
    const found = metadata.parse(body)
    const signIn = signInMetadata.safeParse(body).data
    if (found.issuer !== issuer) throw new Error(`it is of issuer ${JSON.stringify(found.issuer.slice(0, 200))}`)
    const keys = createRemoteJWKSet(new URL(found.jwks_uri), {
      timeoutDuration: timeout,
      cacheMaxAge: keysKeptFor,
      cooldownDuration: rereadAtMostEvery,
    })
    return {
      keys: (header, token) => keys(header, token).catch((error) => unlessUnknownKey(issuer, error)),
      endpoints: signIn && {
        authorizationEndpoint: signIn.authorization_endpoint,
        tokenEndpoint: signIn.token_endpoint,
      },
    }
  } catch (error) {
    throw new IssuerUnreachable(`The keys of ${issuer} cannot be read from ${document}: ${(error as Error).message}`)
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
