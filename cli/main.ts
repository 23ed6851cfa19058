import { spawn } from 'node:child_process'
import path from 'node:path'
import { Command } from 'commander'
import { root } from '../tools/setup/node.mjs'

/** The services are programs of their own, with their own options and help; the command only finds them. */
function service(name: 'sandbox' | 'scim', description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_options, command: Command) => run(path.join(root, name, 'main.ts'), command.args))
}

function run(script: string, args: string[]): void {
  const child = spawn(process.execPath, ['--no-warnings=ExperimentalWarning', script, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}

/** Each command is a module `cli/<name>/command.ts`, loaded when it is asked for: a command starts no slower for the others. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  adopt: () => import('./adopt/command.ts'),
  affected: () => import('./affected/command.ts'),
  comment: () => import('./comment/command.ts'),
  config: () => import('./config/command.ts'),
  doctor: () => import('./doctor/command.ts'),
  drift: () => import('./drift/command.ts'),
  forecast: () => import('./forecast/command.ts'),
  logs: () => import('./logs/command.ts'),
  new: () => import('./new/command.ts'),
  provision: () => import('./provision/command.ts'),
  review: () => import('./review/command.ts'),
  rollout: () => import('./rollout/command.ts'),
  rotate: () => import('./rotate/command.ts'),
  schema: () => import('./schema/command.ts'),
  status: () => import('./status/command.ts'),
}

const entrada = new Command('entrada')
  .description('User provisioning from Microsoft Entra ID into a SaaS application, as code')
  .addCommand(service('sandbox', 'run an Entra tenant in a box: login, Microsoft Graph and a provisioning service'))
  .addCommand(service('scim', 'run the bundled SCIM 2.0 service'))

const [asked = ''] = process.argv.slice(2)
const needed = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands)
for (const name of needed) entrada.addCommand((await commands[name]!()).command)

await entrada.parseAsync().catch((error: Error) => {
  console.error(`entrada: ${error.message}`)
  process.exit(1)
})
