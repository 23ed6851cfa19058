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

/** @throws when the backend has no such stack */
export async function openTenantStack({ stack, env, served }: Tenant): Promise<Stack> {
  const { command: engine } = await ensureEngine()
  const folder = localFolder()
  if (served) {
    writeWorkspace(folder)
    const local = localEnvironment(folder, engine, served)
    return openEngine({ stack, workDir: folder.workspace, env: local, engine, create: false })
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
  return openEngine({ stack, workDir, env: own, engine, create: false })
}

function definedOf(env: Tenant['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
