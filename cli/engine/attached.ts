/**
 * One run of the engine with program and provider in this process: nothing is started but the engine. Runs side by side
 * share nothing: each has its project folder, its environment, its provider.
 */
import { type EngineEvent, LocalWorkspace, Stack } from '@pulumi/pulumi/automation/index.js'
import { targetSecret } from '../../config/program.ts'
import program from '../../index.ts'
import { serveProvider } from '../../provider/server/serve.ts'
import { type Change, type Changes, collectChanges } from './changes.ts'
import { partListeners, watchPrograms } from './ownErrors.ts'
import { type EngineError, engineProcess } from './process.ts'
import { refreshFilter } from './refresh.ts'

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
  /** Read first what is in the tenant: what was changed beside the stack is then put right. */
  refresh?: boolean
  /** Told the target's client secret, where the stack's file has one, as the engine has decrypted it. */
  onTargetSecret?(secret: string): void
  /** In place of `index.ts`. */
  program?(env: Site['env']): Promise<Record<string, unknown>>
}

/** A run that failed is a result too. */
export interface Run extends Changes {
  /** What a refresh found, put right or not. */
  drift: Change[]
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
  const { program: main = program } = options
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
        const secret = targetSecret()
        if (secret) options.onTargetSecret?.(secret)
        return main(site.env)
      },
    })
    const stack = await Stack.select(site.stack, workspace)
    const [own, refreshed, isOfRefresh] = [collectChanges(), collectChanges(), refreshFilter()]
    const onEvent = (event: EngineEvent) => {
      const collector = isOfRefresh(event) ? refreshed : own
      collector.onEvent(event)
      options.onEvent?.(event)
    }
    const { signal, refresh } = options
    const policyPacks = options.policyPack ? [options.policyPack] : undefined
    const failure = await stack[kind]({ onEvent, signal, refresh, color: 'never', policyPacks }).then(
      () => undefined,
      (error: EngineError) => error,
    )
    return { ...own.result(), drift: refreshed.result().changes, ...(failure && { failure }) }
  } finally {
    await provider.close()
  }
}
