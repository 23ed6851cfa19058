/**
 * One run of the engine with program and provider in this process: nothing is started but the engine. Runs side by side
 * share nothing: each has its project folder, its environment, its provider.
 */
import { type EngineEvent, LocalWorkspace, Stack } from '@pulumi/pulumi/automation/index.js'
import program from '../../index.ts'
import { serveProvider } from '../../provider/server/serve.ts'
import { type Changes, collectChanges } from './changes.ts'
import { partListeners, watchPrograms } from './ownErrors.ts'
import { type EngineError, engineProcess } from './process.ts'

/** Where one stack's engine works, and with what. */
export interface Site {
  stack: string
  /** Folder with the project and the stack's file. */
  workDir: string
  /** All of it: nothing is added from this process. */
  env: Record<string, string>
  /** Path of the `pulumi` executable. */
  engine: string
}

export interface RunOptions {
  /** Told to the engine as Ctrl-C, once. */
  signal?: AbortSignal
  onEvent?(event: EngineEvent): void
  /** Folder of a policy pack. */
  policyPack?: string | undefined
  /** In place of `index.ts`. */
  program?(env: Site['env']): Promise<Record<string, unknown>>
}

/** A run that failed is a result too. */
export interface Run extends Changes {
  failure?: EngineError
}

export const previewAttached = (site: Site, options: RunOptions) => attached(site, options, 'preview')
export const updateAttached = (site: Site, options: RunOptions) => attached(site, options, 'up')

/** Makes the stack in its backend; the engine writes how its secrets are encrypted into the stack's file. */
export async function initStack({ stack, workDir, env, engine }: Site, signal?: AbortSignal): Promise<void> {
  const { run } = (await engineProcess(engine)) as unknown as {
    run(args: string[], cwd: string, env: object, out?: undefined, error?: undefined, signal?: AbortSignal): unknown
  }
  const secretsProvider = env.PULUMI_SECRETS_PROVIDER ? ['--secrets-provider', env.PULUMI_SECRETS_PROVIDER] : []
  await run(['stack', 'init', stack, '--no-select', ...secretsProvider], workDir, env, undefined, undefined, signal)
}

async function attached(site: Site, options: RunOptions, kind: 'preview' | 'up'): Promise<Run> {
  const { program: own = program } = options
  watchPrograms()
  // One a run: a provider that was told to cancel stays cancelled.
  const provider = await serveProvider({ env: site.env })
  try {
    const workspace = await LocalWorkspace.create({
      workDir: site.workDir,
      envVars: { ...site.env, PULUMI_DEBUG_PROVIDERS: `entrasync:${provider.port}` },
      pulumiCommand: await engineProcess(site.engine),
      program: () => {
        partListeners()
        return own(site.env)
      },
    })
    const stack = await Stack.select(site.stack, workspace)
    const { onEvent, result } = collectChanges()
    const policyPacks = options.policyPack ? [options.policyPack] : undefined
    const both = (event: EngineEvent) => {
      onEvent(event)
      options.onEvent?.(event)
    }
    const failure = await stack[kind]({ onEvent: both, signal: options.signal, color: 'never', policyPacks }).then(
      () => undefined,
      (error: EngineError) => error,
    )
    return { ...result(), ...(failure && { failure }) }
  } finally {
    await provider.close()
  }
}
