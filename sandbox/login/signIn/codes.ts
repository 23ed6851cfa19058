import { createHash, randomBytes } from 'node:crypto'
import { codeRedeemed, codeUnknown, wrongRedirect, wrongVerifier } from '../errors.ts'

/** What a person was signed in for. */
export interface Grant {
  userId: string
  clientId: string
  redirectUri: string
  scope: string
  nonce: string | null
  /** SHA-256 of the client's secret of this request in base64url, where it sent one (RFC 7636). */
  challenge: string | null
}

interface Kept {
  grant: Grant
  /** Milliseconds since the epoch. */
  ends: number
  redeemed: boolean
}

const LIFETIME_MS = 10 * 60_000

/** Authorization codes, each good for one use within ten minutes (RFC 6749 §4.1.2). */
export class Codes {
  readonly #kept = new Map<string, Kept>()

  add(grant: Grant): string {
    const now = Date.now()
    for (const [code, { ends }] of this.#kept) if (ends < now) this.#kept.delete(code)
    const code = randomBytes(32).toString('base64url')
    this.#kept.set(code, { grant, ends: now + LIFETIME_MS, redeemed: false })
    return code
  }

  /** @throws LoginFailure */
  redeem(code: string, clientId: string, redirectUri: string | null, verifier: string | null): Grant {
    const kept = this.#kept.get(code)
    if (!kept || kept.grant.clientId !== clientId) throw codeUnknown()
    if (kept.redeemed) throw codeRedeemed()
    const { grant } = kept
    if (redirectUri !== grant.redirectUri) throw wrongRedirect(String(redirectUri), grant.redirectUri)
    if (grant.challenge !== null && sha256(verifier ?? '') !== grant.challenge) throw wrongVerifier()
    kept.redeemed = true
    return grant
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')
