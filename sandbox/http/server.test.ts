import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from '@jest/globals'
import { createServerCertificate, openAuthority } from './certificate.ts'
import { json } from './exchange.ts'
import { serve } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-server-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('closing does not wait for a connection that never finished its handshake', async () => {
  const certificate = createServerCertificate(openAuthority(folder, Date.now()), Date.now())
  const server = await serve(certificate, 0, async () => ({ status: 200, headers: {}, body: '' }))
  const client = connect(server.port, '127.0.0.1')
  client.on('error', () => {})
  await once(client, 'connect')
  // The first bytes of a TLS record: the server has taken the connection and waits for more.
  client.write(Buffer.from([0x16, 0x03, 0x01]))
  await new Promise((resolve) => setImmediate(resolve))
  const closed = new Promise((resolve) => client.once('close', resolve))
  await server.close()
  await closed
  expect(client.destroyed).toBe(true)
})

describe('a body', () => {
  const authority = openAuthority(folder, Date.now())
  const server = serve(createServerCertificate(authority, Date.now()), 0, async ({ body }) =>
    json(200, { length: body.length, beginning: body.toString('utf8', 0, 20) }),
  )
  afterAll(async () => (await server).close())

  async function send(body: Buffer, encoding: string) {
    const outgoing = request({
      host: '127.0.0.1',
      port: (await server).port,
      method: 'POST',
      ca: readFileSync(authority.file),
      headers: { 'content-encoding': encoding },
      agent: false,
    })
    outgoing.end(body)
    const [incoming] = await once(outgoing, 'response')
    return { status: incoming.statusCode, headers: incoming.headers, body: JSON.parse(await text(incoming)) }
  }
  const written = Buffer.from('{"displayName":"x"}')

  test.each([
    ['gzip', gzipSync(written)],
    ['GZIP', gzipSync(written)],
    ['deflate', deflateSync(written)],
    ['br', brotliCompressSync(written)],
    ['identity', written],
  ])('that is sent as %s is read as it was written', async (encoding, sent) => {
    expect(await send(sent, encoding)).toMatchObject({ status: 200, body: { beginning: written.toString() } })
  })

  test('in an encoding that is not known is refused with those that are, so that its sender sends it as it is', async () => {
    const { status, headers, body } = await send(written, 'zstd')
    expect([status, headers['accept-encoding']]).toEqual([415, 'gzip, deflate, br'])
    expect(body.error.message).toContain('"zstd"')
  })

  test('that is not what its encoding says is refused, cut short or not', async () => {
    const packed = gzipSync(written)
    expect(await send(written, 'gzip')).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } })
    expect(await send(packed.subarray(0, packed.length - 9), 'gzip')).toMatchObject({ status: 400 })
  })

  test('is measured once it is inflated', async () => {
    const megabytes = (count: number) => Buffer.alloc(count * 1024 * 1024)
    expect(await send(gzipSync(megabytes(16)), 'gzip')).toMatchObject({ status: 200, body: { length: 16 * 1024 ** 2 } })
    const bomb = gzipSync(megabytes(64))
    expect(bomb.length).toBeLessThan(100_000)
    expect((await send(bomb, 'gzip')).status).toBe(413)
    expect((await send(megabytes(17), 'identity')).status).toBe(413)
  })
})
