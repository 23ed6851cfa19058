/** One stack's tenant as the commands see it: its settings, its surroundings, and Graph. */
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
export function openTenant(stack: string, env: Env = process.env): Tenant {
  const config = readStack(stack)
  if (stack === STACK && !env.ARM_METADATA_HOSTNAME) return localTenant(stack, config, env)
  return { stack, config, ...surroundings(config, env) }
}

/** The tenant in a box that serves the local stack just now. */
function localTenant(stack: string, config: StackConfig, env: Env): Tenant {
  const served = runningServices(localFolder())
  if (!served) throw new Error("the stack 'local' is not being served: run 'npm start' in another terminal")
  trustSandbox(served.sandbox.caFile)
  return { stack, config, ...surroundings(config, { ...env, ...tenantEnvironment(served) }), served }
}

/** What the stack's file says of its tenant comes before the environment. */
function surroundings({ tenantId }: StackConfig, env: Env): Pick<Tenant, 'env' | 'graph'> {
  const own = tenantId ? { ...env, ARM_TENANT_ID: tenantId } : env
  return { env: own, graph: createGraph({ settings: graphSettings(own) }) }
}
