/** Stacks through the Automation API: the program runs in this process, the engine alone is a process of its own. */
import path from 'node:path'
import { LocalWorkspace, PulumiCommand, type Stack } from '@pulumi/pulumi/automation/index.js'
import program from '../../index.ts'
import { PROJECT } from '../local/folder.ts'

export interface EngineSettings {
  stack: string
  /** Folder with the project and the stack's file. */
  workDir: string
  /** What the engine, its plugins and the program are given. */
  env: Record<string, string>
  /** Path of the `pulumi` executable. */
  engine: string
  /** Make the stack in the backend when it is not there. */
  create: boolean
}

export async function openEngine({ stack, workDir, env, engine, create }: EngineSettings): Promise<Stack> {
  // The command is looked up where this process looks for commands.
  const folder = path.dirname(engine)
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  if (!folders.includes(folder)) process.env.PATH = [folder, ...folders].join(path.delimiter)
  const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: true })
  const inline = { stackName: stack, projectName: PROJECT, program: () => program({ ...process.env, ...env }) }
  const options = { workDir, envVars: env, pulumiCommand }
  return create ? LocalWorkspace.createOrSelectStack(inline, options) : LocalWorkspace.selectStack(inline, options)
}
