/** The engine on the stack of a tenant: the one that is being served here, or one of the user's own backend. */
import { cpSync } from 'node:fs'
import path from 'node:path'
import type { Stack } from '@pulumi/pulumi/automation/index.js'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { localEnvironment } from '../local/environment.ts'
import { localFolder } from '../local/folder.ts'
import { writeWorkspace } from '../local/workspace.ts'
import { stackFile } from '../stack/files.ts'
import type { Tenant } from '../stack/tenant.ts'
import type { Site } from './attached.ts'
import { openEngine } from './open.ts'
import { writeProject } from './project.ts'

type Worked = Pick<Tenant, 'stack' | 'env' | 'served'>

/** @throws when the backend has no such stack */
export async function openTenantStack(tenant: Worked): Promise<Stack> {
  return openEngine({ ...(await siteOf(tenant)), create: false })
}

/** Gets the engine where there is none yet. */
export async function siteOf(tenant: Worked): Promise<Site> {
  const { command } = await ensureEngine()
  return tenantSite(tenant, command)
}

/** Where the engine works on a stack that is not served here: its project folder. */
export const workspaceOf = (stack: string): string => path.join(localFolder().path, 'workspaces', stack)

/** The stack's file as the engine reads it, and writes how its secrets are encrypted. */
export const workspaceFile = (stack: string): string => stackFile(stack, workspaceOf(stack))

/** Writes the stack's project folder anew; nothing is started. */
export function tenantSite({ stack, env, served }: Worked, engine: string): Site {
  const folder = localFolder()
  if (served) {
    writeWorkspace(folder)
    const local = { ...definedOf(env), ...localEnvironment(folder, engine, served) }
    return { stack, workDir: folder.workspace, env: local, engine }
  }
  const workDir = workspaceOf(stack)
  writeProject(workDir)
  cpSync(stackFile(stack), workspaceFile(stack))
  const folders = [path.dirname(process.execPath), path.dirname(engine), env.PATH ?? '']
  const own = {
    ...definedOf(env),
    PATH: folders.join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    NODE_NO_WARNINGS: '1',
  }
  return { stack, workDir, env: own, engine }
}

function definedOf(env: Tenant['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
