import type { SecretSet } from '../../tenant/model.ts'
import type { Clock, TenantStore } from '../../tenant/store.ts'
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

/** What a connection is made with. */
export interface Surroundings {
  store: TenantStore
  clock: Clock
  switches: Switches
  /** What stands between the service and the target. */
  disturb?: Disturb
  /** A token of a service principal for its own application, by which it proves itself where it has no secret. */
  workloadIdentity(servicePrincipalId: string): Promise<string>
}

/**
 * Reads the secrets; nothing is sent yet.
 * @param activityId the cycle, for targets that are told of it
 * @param secrets in place of those saved
 * @throws TargetError when they do not make a connection
 */
export function connect(
  servicePrincipalId: string,
  activityId: string,
  { store, clock, switches, disturb, workloadIdentity }: Surroundings,
  secrets: SecretSet = store.secrets.get(servicePrincipalId) ?? {},
): Connection {
  const settings = readSettings(secrets, switches)
  const { send: plain, close } = createTransport(switches, activityId)
  const send = disturb ? disturb(plain) : plain
  const tokens = tokenSource(settings.authentication, send, clock, switches, () => workloadIdentity(servicePrincipalId))
  return { settings, client: scimClient(settings, tokens, send, pacing(switches), switches.operationsPerPatch), close }
}
