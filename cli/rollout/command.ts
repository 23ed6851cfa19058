import path from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../stack/duration.ts'
import { envFilesOption } from '../stack/envFiles.ts'
import { keepReport, makeRoom } from './files.ts'
import { htmlPage } from './html.ts'
import { junitXml } from './junit.ts'
import { liveWatch, plainWatch } from './progress.ts'
import { EXIT, reportText } from './report.ts'
import { rollout } from './rollout.ts'
import { UsageError } from './usage.ts'

interface Options {
  label: string[]
  ring?: string
  only?: 'failed'
  preview?: true
  yes?: true
  parallel?: number
  failBudget?: number
  allowDeletes?: true
  cycleWait: number
  policyPack?: string
  refresh: boolean
  forecast: boolean
  envFiles?: string
  resume?: true
  fresh?: true
  json?: true
  junit?: string
  html?: string
}

export const command = new Command('rollout')
  .description('update many tenants: ring by ring, the canary first, each checked before the next')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.usage))
  .argument('[stacks...]', 'names of stacks, or patterns such as eu-*; all that have a file by default')
  .option('--label <label>', 'only stacks with one of these labels', (one, all: string[]) => [...all, one], [])
  .option('--ring <name>', 'only this ring of stacks/rollout.yaml')
  .option('--only <what>', 'only what failed in the last rollout that is unfinished', onlyFailed)
  .option('--preview', 'only say what would be changed; writes nothing')
  .option('--yes', 'approve rings that wait for a person')
  .option('--allow-deletes', 'go on where something would be deleted or replaced')
  .option('--parallel <number>', 'engines at a time (by cores and free memory, at most limits.parallel)', positive)
  .option(
    '--fail-budget <number>',
    'begin no other tenant of a ring once so many failed (1 in the first ring, else 3)',
    positive,
  )
  .option(
    '--cycle-wait <time>',
    'how long a gate waits for a provisioning cycle, e.g. 90s or 2h; 0s for not at all',
    duration,
    60 * 60_000,
  )
  .option('--policy-pack <folder>', 'check against a policy pack, e.g. policy')
  .option('--no-refresh', 'compare with the last update of each stack, not with what is in its tenant')
  .option('--no-forecast', 'forecast only where the gates of a ring ask for it')
  .addOption(envFilesOption())
  .option('--resume', 'go on with the last rollout, and nothing else')
  .option('--fresh', 'begin anew, although the last rollout was not finished')
  .option('--json', 'print one JSON document')
  .option('--junit <file>', 'write a report as JUnit XML')
  .option('--html <file>', 'write a report as one page')
  .addHelpText(
    'after',
    `
Exit code: 0 when all is done, 1 when a tenant failed, 2 for a wrong command, 3 when a gate or a missing approval stopped
it, 130 when it was interrupted. After any of them but 0 the same command goes on from there.`,
  )
  .action(async (stacks: string[], options: Options) => {
    process.exit(await main(stacks, options).catch(told))
  })

async function main(stacks: string[], options: Options): Promise<number> {
  if (options.resume && options.fresh) throw new UsageError('--resume and --fresh exclude each other')
  if (options.only && options.fresh) throw new UsageError('--only failed goes on with a rollout: --fresh excludes it')
  for (const name of ['junit', 'html'] as const) makeRoom(`--${name}`, options[name])
  const interrupted = new AbortController()
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      say(
        interrupted.signal.aborted
          ? 'ending; running updates are left to end cleanly'
          : 'interrupted: no other tenant is begun …',
      )
      interrupted.abort(new Error('interrupted'))
    })
  }
  const report = await rollout({
    stacks,
    labels: options.label,
    ring: options.ring,
    onlyFailed: options.only === 'failed',
    preview: options.preview ?? false,
    allowDeletes: options.allowDeletes ?? false,
    yes: options.yes ?? false,
    parallel: options.parallel,
    failBudget: options.failBudget,
    refresh: options.refresh,
    forecast: options.forecast,
    patience: options.cycleWait,
    policyPack: options.policyPack && path.resolve(options.policyPack),
    envFiles: options.envFiles,
    resume: options.resume ? true : options.fresh ? false : undefined,
    signal: interrupted.signal,
    watch: process.stderr.isTTY && process.stdout.isTTY && !options.json ? liveWatch(say) : plainWatch(say),
    say,
  })
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${reportText(report)}\n`)
  if (options.junit) keepReport('--junit', options.junit, junitXml(report), say)
  if (options.html) keepReport('--html', options.html, htmlPage(report), say)
  return report.exitCode
}

function told(error: Error): number {
  process.stderr.write(`entrada rollout: ${error.message}\n`)
  return error instanceof UsageError ? EXIT.usage : EXIT.failed
}

function onlyFailed(text: string): 'failed' {
  if (text !== 'failed') throw new InvalidArgumentError('allowed is failed')
  return text
}

function positive(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('it must be a whole number from 1')
}

function duration(text: string): number {
  try {
    return parseDuration(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
