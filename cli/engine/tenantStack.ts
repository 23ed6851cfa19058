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
import { openEngine } from './open.ts'
import { writeProject } from './project.ts'

/** Where the engine works for a stack: a folder with the project and a copy of the stack's file. */
export interface Place {
  workDir: string
  /** What the engine, its plugins and the program are given. */
  env: Record<string, string>
  /** Path of the `pulumi` executable. */
  engine: string
}

/** Makes the folder, or brings it up to date. */
export async function placeOf({ stack, env, served }: Pick<Tenant, 'stack' | 'env' | 'served'>): Promise<Place> {
  const { command: engine } = await ensureEngine()
  const folder = localFolder()
  if (served) {
    writeWorkspace(folder)
    return { workDir: folder.workspace, env: localEnvironment(folder, engine, served), engine }
  }
  const workDir = path.join(folder.path, 'workspaces', stack)
  writeProject(workDir)
  cpSync(stackFile(stack), path.join(workDir, `Pulumi.${stack}.yaml`))
  const folders = [path.dirname(process.execPath), path.dirname(engine), env.PATH ?? '']
  const own = {
    ...definedOf(env),
    PATH: folders.join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    NODE_NO_WARNINGS: '1',
  }
  return { workDir, env: own, engine }
}

/** @throws when the backend has no such stack */
export async function openTenantStack(tenant: Tenant): Promise<Stack> {
  return openEngine({ stack: tenant.stack, ...(await placeOf(tenant)), create: false })
}

function definedOf(env: Tenant['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
