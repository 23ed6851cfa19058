/**
 * `npm run pulumi -- <arguments>`: the engine. Commands on a stack work on the local one; with `--stack` of another name
 * they work on that one, with your own backend and credentials, as do commands that concern no stack.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ensureEngine } from '../tools/setup/engine.ts'
import { root } from '../tools/setup/node.mjs'
import { engineEnvironment, localEnvironment } from './local/environment.ts'
import { localFolder, STACK } from './local/folder.ts'
import { runningServices } from './local/services.ts'
import { writeWorkspace } from './local/workspace.ts'
import { policiesFrom } from './policies.ts'

/** What reaches out to the tenant or its target, and so needs them to run. */
const NEEDS_SERVICES = ['up', 'update', 'preview', 'pre', 'refresh', 'destroy', 'down', 'dn', 'import', 'watch']
const NEEDS_STACK = [...NEEDS_SERVICES, 'stack', 'config', 'state', 'cancel', 'logs', 'history']

const args = policiesFrom(process.cwd(), process.argv.slice(2))
const { command } = await ensureEngine()
const place = surroundings()
const child = spawn(command, args, { stdio: 'inherit', cwd: place.cwd, env: { ...process.env, ...place.env } })
// A terminal sends Ctrl-C to the engine as well; it decides when to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
child.on('exit', (code) => process.exit(code ?? 1))

function surroundings(): { cwd: string; env: Record<string, string> } {
  const folder = localFolder()
  const verb = args.find((argument) => !argument.startsWith('-')) ?? ''
  const elsewhere = args.some((argument) => /^(-C|--cwd)/.test(argument)) || namedStack() !== STACK
  if (elsewhere || !NEEDS_STACK.includes(verb) || args.includes('--help')) {
    // The engine runs program and provider with the `node` on PATH, which may be too old for TypeScript.
    const PATH = [path.dirname(process.execPath), process.env.PATH ?? ''].join(path.delimiter)
    return { cwd: process.cwd(), env: { ENTRADA_ROOT: root, PATH } }
  }
  const served = runningServices(folder)
  if (!existsSync(folder.workspace) || (NEEDS_SERVICES.includes(verb) && !served)) {
    console.error(
      "the local stack is not being served: run 'npm start' in another terminal, or name your stack with --stack",
    )
    process.exit(1)
  }
  writeWorkspace(folder)
  const env = served ? localEnvironment(folder, command, served) : engineEnvironment(folder, command)
  return { cwd: folder.workspace, env }
}

function namedStack(): string {
  const at = args.findIndex((argument) => /^(-s|--stack)(=|$)/.test(argument))
  if (at < 0) return STACK
  const [, joined] = (args[at] as string).split('=')
  return joined ?? args[at + 1] ?? STACK
}
