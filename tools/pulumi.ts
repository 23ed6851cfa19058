/** `npm run pulumi -- <arguments>`: the engine, with the local stack's surroundings unless another stack is named. */
import { spawn } from 'node:child_process'
import { ensureEngine } from './setup/engine.ts'

const { command } = await ensureEngine()
spawn(command, process.argv.slice(2), { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1))
