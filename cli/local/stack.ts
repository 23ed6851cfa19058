/** The stack that `npm start` serves. */
import type { Stack } from '@pulumi/pulumi/automation/index.js'
import { clearStaleLocks } from '../engine/lock.ts'
import { openEngine } from '../engine/open.ts'
import { localEnvironment } from './environment.ts'
import { type LocalFolder, PROJECT, STACK } from './folder.ts'
import type { ServiceAddresses } from './services.ts'
import { writeWorkspace } from './workspace.ts'

export async function openLocalStack(folder: LocalFolder, engine: string, services: ServiceAddresses): Promise<Stack> {
  writeWorkspace(folder)
  await clearStaleLocks(folder.backend, PROJECT, STACK)
  const env = localEnvironment(folder, engine, services)
  return openEngine({ stack: STACK, workDir: folder.workspace, env, engine, create: true })
}
