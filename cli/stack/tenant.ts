/** One stack's tenant as the commands see it: its settings, its surroundings, and Graph. */
import { stacksFolder } from '../../config/fleet.ts'
import type { StackConfig } from '../../config/schema.ts'
import { createGraph, type Graph, graphSettings } from '../../provider/graph/client.ts'
import { tenantEnvironment } from '../local/environment.ts'
import { localFolder, STACK } from '../local/folder.ts'
import { type RunningServices, runningServices } from '../local/services.ts'
import { trustSandbox } from '../local/trust.ts'
import { readStack } from './files.ts'

export type Env = Record<string, string | undefined>

export interface Tenant {
  stack: string
  config: StackConfig
  /** What the engine, its plugins and Graph are given: credentials, endpoints. */
  env: Env
  graph: Graph
  /** The services that the local stack works on; undefined for a stack elsewhere. */
  served?: RunningServices
}

/** Reads only the stack's file; Graph is reached when it is first asked. */
export function openTenant(stack: string, env: Env = process.env, folder = stacksFolder): Tenant {
  const config = readStack(stack, folder)
  const { env: found, served } = surroundingsOf(stack, env)
  const own = inTenant(found, config.tenantId)
  return { stack, config, env: own, graph: createGraph({ settings: graphSettings(own) }), served }
}

/**
 * The environment of a stack: of the services on this machine for the local one, unless it names another tenant.
 * @throws when the stack is the local one and nothing serves it
 */
export function surroundingsOf(stack: string, env: Env): Pick<Tenant, 'env' | 'served'> {
  const served = stack === STACK && !env.ARM_METADATA_HOSTNAME ? localServices() : undefined
  return { env: served ? { ...env, ...tenantEnvironment(served) } : env, served }
}

/** What the stack's file says of its tenant comes before the environment. */
export function inTenant(env: Env, tenantId: string | undefined): Env {
  return tenantId ? { ...env, ARM_TENANT_ID: tenantId } : env
}

function localServices(): RunningServices {
  const served = runningServices(localFolder())
  if (!served) throw new Error("the stack 'local' is not being served: run 'npm start' in another terminal")
  trustSandbox(served.sandbox.caFile)
  return served
}
