import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { badRequest } from './errors.ts'

/** Graph's keyCredential, as far as the sandbox reads it. */
export interface KeyCredential {
  customKeyIdentifier?: string | null
  displayName?: string | null
  endDateTime?: string | null
  /** A certificate, DER in base64. */
  key?: string | null
  keyId?: string | null
  startDateTime?: string | null
  type?: string | null
  usage?: string | null
}

const instant = (text: string): string => `${new Date(text).toISOString().slice(0, 19)}Z`

/**
 * Certificates as a client wrote them, with what Graph adds; those it names by `keyId` alone keep their key.
 * @throws GraphFailure 400 for a key that is no certificate
 */
export function completed(written: KeyCredential[], before: KeyCredential[]): KeyCredential[] {
  return written.map((credential) => {
    const known = before.find(({ keyId }) => keyId !== undefined && keyId === credential.keyId)
    const key = credential.key ?? known?.key
    const certificate = certificateIn(key)
    return {
      ...credential,
      key,
      customKeyIdentifier:
        credential.customKeyIdentifier ?? createHash('sha1').update(certificate.raw).digest('base64'),
      displayName: credential.displayName ?? certificate.subject,
      endDateTime: credential.endDateTime ?? instant(certificate.validTo),
      keyId: credential.keyId ?? randomUUID(),
      startDateTime: credential.startDateTime ?? instant(certificate.validFrom),
      type: credential.type ?? 'AsymmetricX509Cert',
      usage: credential.usage ?? 'Verify',
    }
  })
}

function certificateIn(key: string | null | undefined): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key ?? '', 'base64'))
  } catch {
    throw badRequest('Key credential is invalid: key is an X.509 certificate, DER in base64.')
  }
}

/** Keys are shown to who selects them on a single object, and to nobody else (Graph: application resource). */
export const withoutKeys = (credentials: unknown): unknown =>
  Array.isArray(credentials) ? credentials.map((credential: KeyCredential) => ({ ...credential, key: null })) : []
