/** One stack's tenant as the commands see it: its settings, its surroundings, and Graph. */
import { stacksFolder } from '../../config/fleet.ts'
import type { StackConfig } from '../../config/schema.ts'
import { createGraph, type Graph, graphSettings } from '../../provider/graph/client.ts'
import { localFolder, STACK } from '../local/folder.ts'
import { runningServices } from '../local/services.ts'
import { trustSandbox } from '../local/trust.ts'
import { readStack } from './files.ts'

export type Env = Record<string, string | undefined>

export interface Tenant {
  stack: string
  config: StackConfig
  /** What the engine, its plugins and Graph are given: credentials, endpoints. */
  env: Env
  graph: Graph
}

/** Reads only the stack's file; Graph is reached when it is first asked. */
export function openTenant(stack: string, env: Env = process.env, folder = stacksFolder): Tenant {
  const config = readStack(stack, folder)
  const found = stack === STACK ? localSurroundings(env) : env
  const surroundings = config.tenantId ? { ...found, ARM_TENANT_ID: config.tenantId } : found
  return { stack, config, env: surroundings, graph: createGraph({ settings: graphSettings(surroundings) }) }
}

/** The tenant in a box that serves the local stack just now, unless the environment names another. */
function localSurroundings(env: Env): Env {
  if (env.ARM_METADATA_HOSTNAME) return env
  const served = runningServices(localFolder())
  if (!served) throw new Error("the stack 'local' is not being served: run 'npm start' in another terminal")
  const { sandbox, scim } = served
  trustSandbox(sandbox.caFile)
  return {
    ...env,
    ARM_TENANT_ID: sandbox.tenantId,
    ARM_CLIENT_ID: sandbox.clientId,
    ARM_CLIENT_SECRET: sandbox.clientSecret,
    ARM_METADATA_HOSTNAME: sandbox.metadataHost,
    ENTRADA_SCIM_API_URL: scim.apiUrl,
    ENTRADA_SCIM_ADMIN_TOKEN: scim.adminToken,
  }
}
