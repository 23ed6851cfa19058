import type { SecretSet } from '../../tenant/model.ts'
import type { Clock } from '../../tenant/store.ts'
import type { Switches } from '../switches.ts'
import { type ScimClient, scimClient } from './client.ts'
import { readSettings, type Settings } from './settings.ts'
import { pacing } from './throttle.ts'
import { tokenSource } from './token.ts'
import { createTransport, type Disturb } from './transport.ts'

/** A target as one cycle or one test of the connection uses it. */
export interface Connection {
  settings: Settings
  client: ScimClient
  close(): void
}

/**
 * Reads the secrets; nothing is sent yet.
 * @param disturb what stands between the service and the target
 * @throws TargetError when they do not make a connection
 */
export function connect(secrets: SecretSet, clock: Clock, switches: Switches, disturb?: Disturb): Connection {
  const settings = readSettings(secrets, switches)
  const { send: plain, close } = createTransport(switches)
  const send = disturb ? disturb(plain) : plain
  const tokens = tokenSource(settings.authentication, send, clock, switches)
  return { settings, client: scimClient(settings, tokens, send, pacing(switches.retryAfter === 'honoured')), close }
}
