import { spawn } from 'node:child_process'
import type { Site } from './attached.ts'

/**
 * The engine's own command, for what the Automation API does with files or with values on the command line, which
 * other users of the machine can read.
 * @param input what it reads: secrets go this way
 * @returns what it printed to stdout
 * @throws with what it printed to stderr
 */
export function runEngine(
  { engine, workDir, env }: Site,
  args: readonly string[],
  { input = '', allowFailure = false }: { input?: string; allowFailure?: boolean } = {},
): Promise<string> {
  const child = spawn(engine, [...args, '--non-interactive', '--color=never'], {
    cwd: workDir,
    env,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  // A command that ends without reading closes its side.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 || allowFailure) resolve(stdout)
      else reject(new Error(`pulumi ${args[0]} ${args[1] ?? ''} failed: ${stderr.trim() || stdout.trim()}`))
    })
  })
}
