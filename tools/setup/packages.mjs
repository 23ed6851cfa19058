/** Installs the project's npm packages when the lock file is not what was last installed. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { say } from './cache.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

export async function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = path.join(root, 'node_modules', '.entrada-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('installing npm packages (about a minute the first time) …')
  await npm(['ci', '--ignore-scripts'], root)
  writeFileSync(stamp, lock)
}

/**
 * Runs the npm that called us, else the one on PATH; its output is kept and shown only when it fails.
 * @param {string[]} args
 * @param {string} cwd
 */
export async function npm(args, cwd) {
  const own = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined
  const [command, first] = own ? [process.execPath, [own]] : ['npm', []]
  const child = spawn(command, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: !own && process.platform === 'win32',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
  // The reason stands at the top; what follows is npm's manual.
  const reason = output.trim().split('\n').slice(0, 12).join('\n')
  if (code !== 0) throw new Error(`npm ${args[0]} ended with ${code}:\n${reason}`)
}
