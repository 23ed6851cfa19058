import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { createServerCertificate, openAuthority } from './certificate.ts'
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
