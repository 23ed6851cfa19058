import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A vault with one RSA key, as far as wrapping goes (Azure Key Vault REST API 7.4). */
export interface TestVault {
  /** Of the key, without a version. */
  address: string
  /** `METHOD path` and credential of each request. */
  requests: string[]
  /** Answers the next requests in place of the vault. */
  refuse(...answers: { status: number; code: string; message: string }[]): void
  /** What wraps from now on; earlier versions go on unwrapping what they have wrapped. */
  newVersion(): void
  close(): void
}

export async function startTestVault(): Promise<TestVault> {
  const versions = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>()
  const requests: string[] = []
  const refusals: { status: number; code: string; message: string }[] = []
  const newVersion = (): void =>
    void versions.set(randomBytes(16).toString('hex'), generateKeyPairSync('rsa', { modulusLength: 2048 }))
  newVersion()
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }

  const operate = (operation: string, version: string, value: Buffer): Buffer => {
    const { publicKey, privateKey } = versions.get(version)!
    return operation === 'wrapkey'
      ? publicEncrypt({ key: publicKey, ...padding }, value)
      : privateDecrypt({ key: privateKey, ...padding }, value)
  }
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://vault')
    requests.push(`${request.method} ${pathname} ${request.headers.authorization}`)
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const refusal = refusals.shift()
    if (refusal) return answer(refusal.status, { error: { code: refusal.code, message: refusal.message } })
    const [, , , version = [...versions.keys()].at(-1)!, operation] = pathname.split('/')
    const kid = `${address}/${version}`
    if (searchParams.get('api-version') !== '7.4') return answer(400, { error: { code: 'BadParameter', message: '' } })
    if (!operation) return answer(200, { key: { kid, kty: 'RSA' } })
    const { alg, value } = (await json(request)) as { alg: string; value: string }
    if (alg !== 'RSA-OAEP-256') return answer(400, { error: { code: 'BadParameter', message: alg } })
    return answer(200, {
      kid,
      value: operate(operation, version, Buffer.from(value, 'base64url')).toString('base64url'),
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys/scim`
  return {
    address,
    requests,
    refuse: (...answers) => void refusals.push(...answers),
    newVersion,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
