/**
 * `npm run pulumi -- <arguments>`: the engine. Works on the local stack while `npm start` serves it; with `--stack` of
 * another name it works on that one, with your own backend and credentials.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { ensureEngine } from '../tools/setup/engine.ts'
import { root } from '../tools/setup/node.mjs'
import { localEnvironment } from './local/environment.ts'
import { localFolder, STACK } from './local/folder.ts'
import { writeWorkspace } from './local/workspace.ts'

const args = process.argv.slice(2)
const { command } = await ensureEngine()
const place = surroundings()
const child = spawn(command, args, { stdio: 'inherit', cwd: place.cwd, env: { ...process.env, ...place.env } })
// A terminal sends Ctrl-C to the engine as well; it decides when to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
child.on('exit', (code) => process.exit(code ?? 1))

function surroundings(): { cwd: string; env: Record<string, string> } {
  const folder = localFolder()
  const elsewhere = args.some((argument) => /^(-C|--cwd)/.test(argument)) || namedStack() !== STACK
  if (elsewhere || args[0] === 'version' || args.includes('--help'))
    return { cwd: process.cwd(), env: { ENTRADA_ROOT: root } }
  if (!existsSync(folder.services)) {
    console.error(
      "the local stack is not being served: run 'npm start' in another terminal, or name your stack with --stack",
    )
    process.exit(1)
  }
  writeWorkspace(folder)
  return {
    cwd: folder.workspace,
    env: localEnvironment(folder, command, JSON.parse(readFileSync(folder.services, 'utf8'))),
  }
}

function namedStack(): string {
  const at = args.findIndex((argument) => /^(-s|--stack)(=|$)/.test(argument))
  if (at < 0) return STACK
  const [, joined] = (args[at] as string).split('=')
  return joined ?? args[at + 1] ?? STACK
}
