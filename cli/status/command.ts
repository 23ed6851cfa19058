import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { parseDuration } from '../stack/duration.ts'
import { eachOf } from '../stack/eachOf.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { pickStacks } from '../stack/pick.ts'
import { openTenant } from '../stack/tenant.ts'
import { askLastUpdate } from './lastUpdate.ts'
import type { StackStatus } from './model.ts'
import { prometheusText } from './prometheus.ts'
import { readStatus } from './read.ts'
import { statusText } from './text.ts'

interface Options {
  label: string[]
  envFiles?: string
  since: string
  json?: boolean
  prometheus?: boolean
  watch?: true | string
  lastUpdate?: true
}

/** Tenants asked at a time: each has limits of its own at Graph, so this bounds our own sockets and memory. */
export const AT_ONCE = 25
/** Where each stack takes an engine. */
const ENGINES_AT_ONCE = 4

export const command = new Command('status')
  .description('how provisioning is in each tenant, and what a person has to see to')
  .argument('[stacks...]', 'names, or patterns such as eu-*; all by default')
  .option('--label <label>', 'stacks with this label; may be repeated', (one, all: string[]) => [...all, one], [])
  .addOption(envFilesOption())
  .option('--since <duration>', 'how far to look back in the provisioning log', '24h')
  .option('--last-update', 'ask backends that are no folder when the stack was last updated; takes an engine each')
  .addOption(new Option('--json', 'one JSON document').conflicts(['prometheus', 'watch']))
  .addOption(new Option('--prometheus', "Prometheus' text format").conflicts('watch'))
  .option('--watch [seconds]', 'look again every 60 seconds, or as many as are given')
  .addHelpText(
    'after',
    '\nexit code: 0 all is well, 2 a person is needed somewhere, 3 something could not be found out, 1 wrong use',
  )
  .action(async (names: string[], options: Options) => {
    const stacks = pickStacks(names, options.label)
    const envOf = environments(process.env, options.envFiles)
    const period = parseDuration(options.since)
    const [atOnce, lastUpdate] = options.lastUpdate ? [ENGINES_AT_ONCE, askLastUpdate] : [AT_ONCE, undefined]
    const look = () =>
      eachOf(stacks, atOnce, (stack) => readStatus(stack, () => openTenant(stack, envOf(stack)), period, lastUpdate))
    if (options.watch !== undefined) return watch(look, options.watch === true ? 60 : wholeSeconds(options.watch))
    const statuses = await look()
    if (options.json) console.log(JSON.stringify(statuses, null, 2))
    else process.stdout.write(options.prometheus ? prometheusText(statuses) : `${statusText(statuses)}\n`)
    process.exitCode = exitCode(statuses)
  })

export function exitCode(statuses: readonly Pick<StackStatus, 'health' | 'unknown'>[]): number {
  if (statuses.some(({ health }) => health === 'attention')) return 2
  return statuses.some(({ unknown }) => unknown.length > 0) ? 3 : 0
}

async function watch(look: () => Promise<StackStatus[]>, seconds: number): Promise<void> {
  for (;;) {
    const text = statusText(await look())
    if (process.stdout.isTTY) process.stdout.write('\x1b[2J\x1b[H')
    console.log(`${new Date().toISOString()}\n${text}`)
    await sleep(seconds * 1000)
  }
}

function wholeSeconds(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Error(`--watch is '${text}': give whole seconds, from 1 on`)
}
