import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto'

/** What the service's one secret is used for, without the secret itself. */
export interface ServiceKey {
  /** 32 bytes of their own for each purpose; the same in all replicas that have the same secret. */
  derive(purpose: string): Buffer
  /** Encrypts, so that only this key opens it, and only under the same label. */
  seal(text: string, label: string): string
  /** Undefined for what another key has sealed, and for what was changed since. */
  open(sealed: string, label: string): string | undefined
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** The secret may be one that a person has thought of, so it is stretched: what is sealed would else let it be guessed. */
export function serviceKey(secret: string): ServiceKey {
  const stretched = scryptSync(secret, 'entrada scim service key', 32)
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', stretched, '', purpose, 32))
  const sealing = derive('sealing')
  return {
    derive,
    seal(text, label) {
      const nonce = randomBytes(nonceBytes)
      const sealer = createCipheriv(cipher, sealing, nonce).setAAD(Buffer.from(label))
      const content = Buffer.concat([sealer.update(text, 'utf8'), sealer.final()])
      return Buffer.concat([nonce, sealer.getAuthTag(), content]).toString('base64url')
    },
    open(sealed, label) {
      const bytes = Buffer.from(sealed, 'base64url')
      try {
        const opener = createDecipheriv(cipher, sealing, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        opener.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const content = bytes.subarray(nonceBytes + tagBytes)
        return Buffer.concat([opener.update(content), opener.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
