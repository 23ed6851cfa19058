/** The engine's processes for the Automation API, in a group of their own: Ctrl-C on a terminal is for us, and we tell them. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { PulumiCommand } from '@pulumi/pulumi/automation/index.js'

/** An engine that ended with an error: what it wrote, and whether it is one that a run goes on from. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly reason: 'noSuchStack' | 'locked' | 'other'

  constructor(said: string) {
    super(said.trim())
    this.reason = NO_SUCH_STACK.test(said) ? 'noSuchStack' : LOCKED.test(said) ? 'locked' : 'other'
  }
}

/** As @pulumi/pulumi/automation tells them apart. */
const NO_SUCH_STACK = /no stack named.*found/
const LOCKED = /the stack is currently locked by|\[409\] Conflict: Another update is currently in progress/

/** What the Automation API asks of a command; not in its typings. */
interface Ran {
  stdout: string
  stderr: string
  code: number
}

/**
 * Asked beside each run, each at the price of one more engine: whether the stack is there, which the run says by itself,
 * and outputs and history, which nobody reads here. Selecting also writes a file that all engines share.
 */
const UNREAD: readonly [RegExp, string][] = [
  [/^stack select /, ''],
  [/^stack output /, '{}'],
  [/^stack history /, '[]'],
]

/** @param engine path of the `pulumi` executable */
export async function engineProcess(engine: string): Promise<PulumiCommand> {
  const { version } = await versionOf(engine)
  return Object.assign(Object.create(PulumiCommand.prototype), { command: engine, version, run: runner(engine) })
}

const versions = new Map<string, Promise<PulumiCommand>>()

function versionOf(engine: string): Promise<PulumiCommand> {
  const known = versions.get(engine)
  if (known) return known
  // The command is looked up where this process looks for commands.
  const folder = path.dirname(engine)
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  if (!folders.includes(folder)) process.env.PATH = [folder, ...folders].join(path.delimiter)
  const asked = PulumiCommand.get({ skipVersionCheck: true })
  versions.set(engine, asked)
  return asked
}

type Output = (text: string) => void

const runner =
  (engine: string) =>
  async (
    args: string[],
    cwd: string,
    env: Record<string, string>,
    onOutput?: Output,
    onError?: Output,
    signal?: AbortSignal,
  ): Promise<Ran> => {
    const unread = UNREAD.find(([pattern]) => pattern.test(`${args.join(' ')} `))
    if (unread) return { stdout: unread[1], stderr: '', code: 0 }
    signal?.throwIfAborted()
    const child = spawn(engine, [...args, '--non-interactive'], {
      cwd,
      env: { ...env, PULUMI_AUTOMATION_API: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const stop = () => child.kill('SIGINT')
    signal?.addEventListener('abort', stop, { once: true })
    const out = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text
      onOutput?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr += text
      onError?.(text)
    })
    const { code, by } = await new Promise<{ code: number; by: string }>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (ended, killer) =>
        resolve({ code: ended ?? -1, by: killer ? `by ${killer}` : `with ${ended}` }),
      )
    }).finally(() => signal?.removeEventListener('abort', stop))
    if (code === 0) return { ...out, code }
    throw new EngineError(out.stderr || out.stdout || `the engine was ended ${by}`)
  }
