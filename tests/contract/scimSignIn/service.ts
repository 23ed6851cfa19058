import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Ready } from '../../../scim/service.ts'

const main = fileURLToPath(new URL('../../../scim/main.ts', import.meta.url))

export interface Started {
  ready: Ready
  /** What it has said so far on both outputs. */
  said(): string
  stop(): Promise<void>
}

function launch(args: string[], environment: Record<string, string>): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], {
    env: { PATH: process.env.PATH, ENTRADA_EXIT_WITH_PARENT: '1', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let text = ''
  for (const output of [child.stdout!, child.stderr!]) {
    output.on('data', (chunk) => {
      text += chunk
    })
  }
  return { child, said: () => text }
}

/** The SCIM service as a process, as its container runs it. */
export async function startScim(environment: Record<string, string>): Promise<Started> {
  const { child, said } = launch(['--port', '0', '--json'], environment)
  const ended = once(child, 'close')
  const line = once(createInterface(child.stdout!), 'line') as Promise<[string]>
  const failed = ended.then(([code]) => Promise.reject(new Error(`it ended with ${code}: ${said()}`)))
  failed.catch(() => {})
  const [first] = await Promise.race([line, failed])
  return {
    ready: JSON.parse(first),
    said,
    async stop() {
      child.stdin!.end()
      await ended
    },
  }
}

/** A command of it that ends by itself. */
export async function runScim(
  args: string[],
  environment: Record<string, string>,
): Promise<{ code: number; said: string }> {
  const { child, said } = launch(args, environment)
  const [code] = await once(child, 'close')
  return { code, said: said() }
}
