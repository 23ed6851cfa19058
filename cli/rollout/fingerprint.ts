/** What a stack is made from, as a hash: the same files make the same tenant. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Fleet, layersBelow } from '../../config/fleet.ts'
import { root } from '../../tools/setup/node.mjs'
import { withoutEncryption } from '../stack/encryption.ts'
import { PROGRAM_FOLDERS } from '../stack/program.ts'

/** What the program and the provider are made from; tests aside. */
const PROGRAM = ['index.ts', ...PROGRAM_FOLDERS, 'package-lock.json']

export function programHash(base = root): string {
  const hash = createHash('sha256')
  for (const part of PROGRAM) {
    const files = /\.\w+$/.test(part)
      ? [part]
      : readdirSync(path.join(base, part), { recursive: true, encoding: 'utf8' })
    const folder = files[0] === part ? base : path.join(base, part)
    for (const file of files.filter((name) => /\.(ts|json)$/.test(name) && !name.endsWith('.test.ts')).sort()) {
      hash
        .update(`${part}/${file}\0`)
        .update(readFileSync(path.join(folder, file)))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

/**
 * Of the stack's file as it is written, what is merged under it, and the program. How its secrets are encrypted is left
 * out: the engine writes that when it makes the stack.
 */
export function stackHash(
  text: string,
  stack: string,
  own: Record<string, unknown>,
  fleet: Fleet,
  program: string,
): string {
  const below = layersBelow(stack, own, fleet)
  return createHash('sha256')
    .update(JSON.stringify([program, withoutEncryption(text), below]))
    .digest('hex')
    .slice(0, 16)
}

/** The commit that is checked out, `+` where files differ from it; '' outside a repository. */
export function commitOf(folder = root): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD')
    return git('status', '--porcelain') === '' ? commit : `${commit}+`
  } catch {
    return ''
  }
}
