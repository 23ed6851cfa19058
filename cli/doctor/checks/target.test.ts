import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createServerCertificate, openAuthority } from '../../../sandbox/http/certificate.ts'
import { checkManagement, checkReachable, checkSeenFromEntra } from './target.ts'

let open: Server[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of open) await new Promise((resolve) => server.close(resolve))
  open = []
})

async function listening(server: Server): Promise<string> {
  open.push(server)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
const answering = async (listener: RequestListener) =>
  `http://${await listening(createServer({ keepAlive: false }, listener))}/scim?token=hidden`
const look = async (url: string) =>
  (await checkReachable('tenantUrl', url, AbortSignal.timeout(5_000))).said.map((line) => ({
    ...line,
    seen: line.seen.replace(/:\d{4,5}\b/, ':port'),
  }))

test.each([
  [200, 'ok'],
  [401, 'ok'],
  [404, 'ok'],
  [405, 'ok'],
  [302, 'warning'],
  [502, 'problem'],
  [503, 'problem'],
  [504, 'problem'],
])('an answer of %i is %s, and the query is not shown', async (status, state) => {
  const url = await answering((_, response) =>
    response
      .writeHead(status, { connection: 'close', ...(status === 302 ? { location: '/sign-in?to=hidden' } : {}) })
      .end(),
  )
  const said = await look(url)
  expect(said).toMatchObject([{ state, seen: expect.stringContaining(`http://127.0.0.1:port/scim answers`) }])
  expect(JSON.stringify(said)).not.toContain('hidden')
})

test('a certificate of an authority that nobody knows is a problem', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'entrada-doctor-tls-'))
  const server = createSecureServer(createServerCertificate(openAuthority(folder, Date.now()), Date.now()))
  const said = await look(`https://${await listening(server)}/scim`)
  rmSync(folder, { recursive: true, force: true })
  expect(said).toMatchObject([
    { state: 'problem', seen: expect.stringContaining('certificate'), fix: expect.stringContaining('public') },
  ])
})

test('a proxy that wants a password is told of, though fetch keeps its answer', async () => {
  const url = await answering((_, response) => response.writeHead(407).end())
  expect(await look(url)).toMatchObject([{ state: 'warning', fix: expect.stringContaining('proxy') }])
})

test('a port that does not speak TLS is said to be none', async () => {
  const host = await listening(createServer((_, response) => response.end()))
  expect(await look(`https://${host}/scim`)).toMatchObject([{ seen: expect.stringContaining('does not speak TLS') }])
})

test('a connection that is cut is a warning: Entra may fare better', async () => {
  const host = await listening(createSocketServer((socket) => socket.resetAndDestroy()))
  expect(await look(`http://${host}/scim`)).toMatchObject([
    { state: 'warning', fix: expect.stringContaining('Entra may reach it all the same') },
  ])
})

test('when the time is over, the check ends', async () => {
  const host = await listening(createSocketServer((socket) => socket.on('error', () => {})))
  await expect(checkReachable('tenantUrl', `http://${host}/`, AbortSignal.timeout(50))).rejects.toThrow('timeout')
})

test.each([
  ['https://saas.example/scim', 'ok'],
  ['https://8.8.8.8/scim', 'ok'],
  ['https://172.32.0.1/scim', 'ok'],
  ['http://localhost:1/scim', 'problem'],
  ['http://127.0.0.1:1/scim', 'problem'],
  ['http://[::1]:1/scim', 'problem'],
  ['https://10.1.2.3/scim', 'problem'],
  ['https://172.16.0.1/scim', 'problem'],
  ['https://192.168.0.1/scim', 'problem'],
  ['https://[fd00::1]/scim', 'problem'],
  ['https://mfiles.corp.local/scim', 'problem'],
])('%s is %s for Entra, and any is for a sandbox', (url, state) => {
  const settings = { tenantId: 't', credential: { kind: 'cli' } as const }
  expect(checkSeenFromEntra([url], { ...settings, cloud: { name: 'public' } }).said).toMatchObject([{ state }])
  const box = { ...settings, cloud: { metadataHost: '127.0.0.1:8443' } }
  expect(checkSeenFromEntra([url], box).said).toMatchObject([{ state: 'ok' }])
})

test('of an address that is not known yet nothing is said', () => {
  const settings = { tenantId: 't', credential: { kind: 'cli' } as const, cloud: { name: 'public' } as const }
  expect(checkSeenFromEntra([], settings).said).toMatchObject([{ state: 'notChecked' }])
})

describe('the management API of the SCIM service', () => {
  const target = { kind: 'local' } as const
  const asked = async (env: Record<string, string>) =>
    (await checkManagement(target, env, AbortSignal.timeout(5_000))).said
  const TOKEN = 'a-secret-nobody-should-see'
  const serving = async (status: number, body: object) =>
    asked({
      ENTRADA_SCIM_API_URL: await answering((_, response) => response.writeHead(status).end(JSON.stringify(body))),
      ENTRADA_SCIM_ADMIN_TOKEN: TOKEN,
    })

  test('wants an address and a token', async () => {
    expect(await asked({})).toMatchObject([
      { state: 'problem', fix: expect.stringContaining('set ENTRADA_SCIM_API_URL') },
    ])
    expect(await asked({ ENTRADA_SCIM_API_URL: 'http://127.0.0.1:9/api' })).toMatchObject([
      { state: 'problem', seen: expect.stringContaining('ENTRADA_SCIM_ADMIN_TOKEN is not set') },
    ])
  })

  test('takes the token, or refuses it without its being shown', async () => {
    expect(await serving(200, { counts: { users: 3 } })).toMatchObject([
      { state: 'ok', seen: expect.stringContaining('3 users') },
    ])
    const refused = await serving(401, { error: { code: 'unauthorized', message: 'no' } })
    expect(refused).toMatchObject([
      {
        state: 'problem',
        seen: expect.stringContaining('status 401'),
        fix: expect.stringMatching(/was refused: check/),
      },
    ])
    expect(JSON.stringify(refused)).not.toContain(TOKEN)
  })

  test('is told to be down where nothing listens', async () => {
    const host = await listening(createServer())
    await new Promise((resolve) => open.pop()!.close(resolve))
    const env = { ENTRADA_SCIM_API_URL: `http://${host}/api`, ENTRADA_SCIM_ADMIN_TOKEN: TOKEN }
    expect(await asked(env)).toMatchObject([
      { state: 'problem', fix: expect.stringContaining('that the service runs') },
    ])
  })
})
