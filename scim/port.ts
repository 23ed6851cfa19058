import { once } from 'node:events'
import { createServer } from 'node:net'

/** Throws, as listening would, while nothing has been opened or changed yet. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return
  const probe = createServer().listen({ host, port, exclusive: true })
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}
