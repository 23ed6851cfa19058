import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

/** An identity provider for tests: its metadata, its keys, and tokens of it. */
export interface TestIssuer {
  url: string
  /** Signed with its key, unless another algorithm, key or key id is given. */
  sign(
    claims: JWTPayload,
    header?: { alg?: string; kid?: string },
    key?: Parameters<SignJWT['sign']>[0],
  ): Promise<string>
  publicKey: JWK
  /** How often its keys were read. */
  reads(): number
  close(): void
}

export async function startTestIssuer(): Promise<TestIssuer> {
  const pair = await generateKeyPair('RS256')
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'first', use: 'sig' }
  let reads = 0
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys'
    if (isKeys) reads++
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isKeys ? { keys: [publicKey] } : { issuer: url, jwks_uri: `${url}/keys` }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    publicKey,
    sign: (claims, { alg = 'RS256', kid = 'first' } = {}, key = pair.privateKey) =>
      new SignJWT({ exp: Math.floor(Date.now() / 1_000) + 3_600, ...claims })
        .setProtectedHeader({ alg, kid })
        .sign(key),
    reads: () => reads,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
