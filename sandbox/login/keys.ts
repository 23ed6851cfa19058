import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'

export interface SigningKey {
  id: string
  private: KeyObject
  public: KeyObject
}

/** The key that tokens are signed with; kept in `file`, so that they outlive a restart. */
export async function openSigningKey(file: string): Promise<SigningKey> {
  if (existsSync(file)) return describe(createPrivateKey(readFileSync(file)))
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return describe(privateKey)
}

function describe(key: KeyObject): SigningKey {
  const publicKey = createPublicKey(key)
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  return { id, private: key, public: publicKey }
}
