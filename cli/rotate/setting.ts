/** The client secret in a stack's file, which only the engine can encrypt. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { root } from '../../tools/setup/node.mjs'
import { writeWhole } from '../local/folder.ts'
import { stackFile } from '../stack/files.ts'
import type { Env } from '../stack/tenant.ts'

const KEY = 'entrada:target.clientSecret'

/**
 * Replaces the secret in the file of `stack`, given to the engine on its standard input, where no list of processes shows it.
 * @returns takes the file back to what it was
 * @throws with what the engine said; the file is then as it was
 */
export async function setClientSecret(stack: string, secret: string, env: Env): Promise<() => void> {
  const file = stackFile(stack)
  const before = readFileSync(file, 'utf8')
  const restore = () => writeWhole(file, before)
  const { command } = await ensureEngine()
  const args = ['config', 'set', KEY, '--path', '--secret', '--stack', stack, '--non-interactive', '--color=never']
  const PATH = [path.dirname(process.execPath), env.PATH ?? ''].join(path.delimiter)
  const child = spawn(command, args, { cwd: root, env: { ...env, PATH }, stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(secret)
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code === 0) return restore
  restore()
  throw new Error(`the client secret could not be encrypted, so nothing was changed: ${said.trim()}`)
}
