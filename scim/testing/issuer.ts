import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

/** An identity provider for tests: its metadata, its keys, and tokens of it. */
export interface TestIssuer {
  url: string
  /** Where it is served, without the path of the issuer. */
  origin: string
  /** Answers the next requests to its token endpoint; gives what the last one sent. */
  answerTokens(status: number, body: object): { sent(): URLSearchParams }
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

/** `path`: of the issuer below its server, as tenants have one at Entra ID. */
export async function startTestIssuer(path = ''): Promise<TestIssuer> {
  const pair = await generateKeyPair('RS256')
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'first', use: 'sig' }
  let reads = 0
  let tokens: { status: number; body: object; sent?: string } = { status: 500, body: {} }
  const server = createServer(async (request, response) => {
    const isKeys = request.url === '/keys'
    if (isKeys) reads++
    response.setHeader('content-type', 'application/json')
    if (request.url === '/token') {
      tokens.sent = await text(request)
      response.writeHead(tokens.status).end(JSON.stringify(tokens.body))
    } else response.end(JSON.stringify(isKeys ? { keys: [publicKey] } : metadata()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = origin + path
  const metadata = (): object => ({
    issuer: url,
    jwks_uri: `${origin}/keys`,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
  })
  return {
    url,
    origin,
    answerTokens(status, body) {
      const expected: typeof tokens = { status, body }
      tokens = expected
      return { sent: () => new URLSearchParams(expected.sent) }
    },
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
