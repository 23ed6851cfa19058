import { spawn } from 'node:child_process'
import { type Outcome, outcomeOf } from '../harness.ts'

/** What a step ran, for assertions about all of them. */
export interface Ran {
  step: string
  env: Record<string, string>
  outcome: Outcome
}

/** A script as both platforms run it, with this environment and nothing else. */
export async function bash(script: string, cwd: string, env: Record<string, string>): Promise<Outcome> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return outcomeOf(child)
}
