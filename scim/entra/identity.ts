import type { TokenCredential } from '@azure/identity'

/** Nobody could say that the service is who it is. */
export class IdentityUnavailable extends Error {}

/** A managed identity of Azure: as whom the service signs in at its database, its vault and Entra ID. */
export interface Identity {
  /** An access token for a resource, such as `https://vault.azure.net`. Throws `IdentityUnavailable`. */
  token(resource: string): Promise<string>
}

interface Held {
  token: string
  /** Milliseconds since the epoch. */
  renewAt: number
  endsAt: number
}

/** In milliseconds: when a token is renewed and when it counts no more, before it ends; when a failed renewal is tried again. */
const renewBefore = 5 * 60_000
const unusedBefore = 60_000
const retryAfter = 30_000

/** A token is asked for once, whoever waits for it; it is renewed while it still counts, so that nobody waits for that. */
export function openIdentity(clientId: string, load = managedIdentity, clock: () => number = Date.now): Identity {
  let credential: Promise<TokenCredential> | undefined
  const held = new Map<string, Held>()
  const renewals = new Map<string, Promise<string>>()

  const ask = async (resource: string): Promise<string> => {
    try {
      credential ??= load(clientId)
      const given = await (await credential).getToken(`${resource}/.default`)
      if (!given) throw new Error('it was given none')
      const { token, expiresOnTimestamp: ends } = given
      held.set(resource, { token, renewAt: ends - renewBefore, endsAt: ends - unusedBefore })
      return token
    } catch (error) {
      const known = held.get(resource)
      if (known) held.set(resource, { ...known, renewAt: Math.min(clock() + retryAfter, known.endsAt) })
      throw new IdentityUnavailable(
        `The managed identity ${clientId} gets no token for ${resource}: ${(error as Error).message}. Check ENTRADA_SCIM_IDENTITY, and that the identity is assigned to where the service runs.`,
      )
    } finally {
      renewals.delete(resource)
    }
  }
  return {
    async token(resource) {
      const known = held.get(resource)
      if (known && clock() < known.renewAt) return known.token
      const renewal = renewals.get(resource) ?? ask(resource)
      renewals.set(resource, renewal)
      if (!known || clock() >= known.endsAt) return await renewal
      renewal.catch(() => {})
      return known.token
    },
  }
}

/** Loaded only here: most services run without, and it takes as long to load as all the rest. */
async function managedIdentity(clientId: string): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity')
  return new ManagedIdentityCredential({ clientId })
}
