import type { Resource } from '../../../sync/scim/path.ts'
import type { Kind } from '../model.ts'

/** Reads a target; nothing is ever written to it. */
export interface TargetReader {
  /** All objects of a kind. @throws TargetUnreadable */
  read(kind: Kind, withMembers: boolean): AsyncIterable<Resource>
  /** Attributes whose values no two objects may share. */
  unique(kind: Kind): Promise<string[]>
}

/** The target could not be read; the message says why, and what would help. */
export class TargetUnreadable extends Error {
  override readonly name = 'TargetUnreadable'
}

export interface ScimOptions {
  tenantUrl: string
  /** A bearer token; asked for when it is first needed. */
  token: () => Promise<string>
  fetch: typeof globalThis.fetch
}

interface ListResponse {
  totalResults?: number
  Resources?: Resource[]
  nextCursor?: string
}

/** More than most servers give at once; they give what they give. */
const PAGE = 1000

const ENDPOINT = { user: 'Users', group: 'Groups' }
const CORE = { user: 'User', group: 'Group' }
const TIMEOUT_MS = 60_000

/** A target by its SCIM API (RFC 7644 §3.4.2), by cursors where it has them (RFC 9865). */
export function scimReader({ tenantUrl, token, fetch }: ScimOptions): TargetReader {
  const url = new URL(tenantUrl)
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`

  async function get(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${await token()}`, accept: 'application/scim+json' }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(`${base}${path}`, { headers, signal }).catch((error: Error) => {
      throw new TargetUnreadable(`${base} cannot be reached: ${causeOf(error)}`)
    })
    if (answer.ok) return answer.json()
    const refused = answer.status === 401 || answer.status === 403 ? '; the credentials were refused' : ''
    throw new TargetUnreadable(`GET ${base}${path.split('?')[0]} was answered ${answer.status}${refused}`)
  }

  async function hasCursors(): Promise<boolean> {
    const config = await get('/ServiceProviderConfig').catch(() => undefined)
    return (config as { pagination?: { cursor?: boolean } } | undefined)?.pagination?.cursor === true
  }

  let cursors: Promise<boolean> | undefined
  return {
    async *read(kind, withMembers) {
      const without = kind === 'group' && !withMembers ? '&excludedAttributes=members' : ''
      cursors ??= hasCursors()
      let place = (await cursors) ? 'cursor' : 'startIndex=1'
      for (let seen = 0; ; ) {
        const page = (await get(`/${ENDPOINT[kind]}?${place}&count=${PAGE}${without}`)) as ListResponse
        const found = page.Resources ?? []
        yield* found
        seen += found.length
        if (page.nextCursor) place = `cursor=${encodeURIComponent(page.nextCursor)}`
        else if (place.startsWith('cursor') || found.length === 0 || seen >= (page.totalResults ?? 0)) return
        else place = `startIndex=${seen + 1}`
      }
    },
    async unique(kind) {
      const answer = (await get('/Schemas').catch(() => ({}))) as { Resources?: Resource[] }
      const schemas = answer.Resources ?? []
      const found = schemas
        .filter(({ id }) => String(id).endsWith(`:core:2.0:${CORE[kind]}`))
        .flatMap(({ attributes }) => (attributes ?? []) as { name: string; uniqueness?: string }[])
        .flatMap(({ name, uniqueness }) => (uniqueness === 'server' || uniqueness === 'global' ? [name] : []))
      // RFC 7643 §4.1.1, whatever the target says of itself.
      return kind === 'user' ? [...new Set(['userName', ...found])].filter((name) => name !== 'id') : found
    },
  }
}

/** A token by the client credentials grant (RFC 6749 §4.4). */
export function clientCredentials(
  endpoint: string,
  clientId: string,
  clientSecret: string,
  fetch: typeof globalThis.fetch,
): () => Promise<string> {
  let asked: Promise<string> | undefined
  const acquire = async () => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => {
      throw new TargetUnreadable(`the token endpoint ${endpoint} cannot be reached: ${causeOf(error)}`)
    })
    const { access_token: token } = (await answer.json().catch(() => ({}))) as { access_token?: string }
    if (answer.ok && token) return token
    throw new TargetUnreadable(`the token endpoint ${endpoint} answered ${answer.status} and gave no token`)
  }
  return () => (asked ??= acquire())
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message)
