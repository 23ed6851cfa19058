import { setTimeout as after } from 'node:timers/promises'
import { z } from 'zod'
import type { WrappedKey } from '../storage/data-key.ts'
import type { Identity } from './identity.ts'

/** The vault does not do what the service needs to start. */
export class VaultError extends Error {}

/** An RSA key in Azure Key Vault, or in a managed HSM, which never leaves it. */
export interface VaultKey {
  /** Throws `VaultError`, as the other does. */
  wrap(key: Buffer): Promise<WrappedKey>
  unwrap(key: WrappedKey): Promise<Buffer>
}

/** The address of a key, with or without a version. */
export const keyPath = /^\/keys\/[0-9a-zA-Z-]{1,127}(\/[0-9a-f]{32})?$/

const version = '?api-version=7.4'
const algorithm = 'RSA-OAEP-256'
/** What tokens are for, by the end of the vault's name: of Azure, of its clouds for governments and for China, of an HSM. */
const audiences = ['vault.azure.net', 'vault.usgovcloudapi.net', 'vault.azure.cn', 'managedhsm.azure.net']
/** Milliseconds: of one request, and before each further one where the vault is too busy or cannot be reached. */
const timeout = 10_000
const pauses = [500, 1_000, 2_000, 4_000]

const operated = z.object({ kid: z.url(), value: z.base64url() })
const described = z.object({ key: z.object({ kid: z.url() }) })
const refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/**
 * `address` as the portal shows it: `https://{vault}.vault.azure.net/keys/{name}`. Without a version the newest wraps; each unwraps
 * what it has wrapped, so that the key can be rotated. Source: Azure Key Vault REST API 7.4, get-key, wrap-key, unwrap-key.
 */
export function openVaultKey(
  address: string,
  identity: Identity,
  pause: (ms: number) => Promise<unknown> = after,
): VaultKey {
  const { host, origin, pathname } = new URL(address)
  const audience = `https://${audiences.find((each) => host.endsWith(`.${each}`)) ?? audiences[0]}`
  const allVersions = origin + pathname.split('/').slice(0, 3).join('/')

  async function call<Answer>(method: 'GET' | 'POST', url: string, answer: z.ZodType<Answer>, body?: object) {
    for (let attempt = 0; ; attempt++) {
      const token = await identity.token(audience)
      const response = await fetch(url + version, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }).catch((error: Error) => (error.cause instanceof Error ? error.cause : error))
      const given = response instanceof Response ? await response.json().catch(() => undefined) : undefined
      const understood = answer.safeParse(given)
      if (response instanceof Response && response.ok && understood.success) return understood.data
      const isPassing = response instanceof Error || response.status === 429 || response.status >= 500
      if (!isPassing || attempt === pauses.length) throw new VaultError(failure(address, url, response, given))
      await pause(pauses[attempt]!)
    }
  }

  return {
    async wrap(key) {
      const { kid } = (await call('GET', address, described)).key
      const body = { alg: algorithm, value: key.toString('base64url') }
      const made = await call('POST', `${own(kid)}/wrapkey`, operated, body)
      return { wrapped: made.value, wrappedBy: made.kid }
    },
    async unwrap({ wrapped, wrappedBy }) {
      const body = { alg: algorithm, value: wrapped }
      return Buffer.from((await call('POST', `${own(wrappedBy)}/unwrapkey`, operated, body)).value, 'base64url')
    },
  }

  /** No token is sent anywhere else, whatever the vault or the database names. Names of keys are compared without case. */
  function own(kid: string): string {
    const isVersion = kid.toLowerCase().startsWith(`${allVersions}/`.toLowerCase())
    if (isVersion && keyPath.test(new URL(kid).pathname)) return kid
    throw new VaultError(
      `The key of the service is wrapped by ${kid}, but ENTRADA_SCIM_KEY_VAULT_KEY names ${address}. Name the vault's key that it was made with, or delete the row of table data_key: the service then makes another key, which ends sessions and cursors and nothing else.`,
    )
  }
}

function failure(address: string, url: string, response: Response | Error, given: unknown): string {
  const operation = url.split('/').at(-1)!
  const does = ['wrapkey', 'unwrapkey'].includes(operation) ? operation : 'get'
  const says = refused.safeParse(given).data?.error
  const reason =
    response instanceof Error
      ? response.message
      : `it answered ${response.status}${says ? ` ${says.code}: ${says.message}` : ''}`
  const advice =
    response instanceof Response && response.status === 403
      ? ' Give the managed identity the role Key Vault Crypto Service Encryption User on the key; a role that was just given counts after some minutes.'
      : ''
  return `The key ${address} of ENTRADA_SCIM_KEY_VAULT_KEY cannot be used (${does}): ${reason}.${advice}`
}
