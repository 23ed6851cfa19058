import { once } from 'node:events'
import path from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { localFolder } from '../local/folder.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { openTenant } from '../stack/tenant.ts'
import { forecastStack } from './forecast.ts'
import type { Forecast } from './model.ts'

interface Options {
  all?: boolean
  envFiles?: string
  json?: boolean
  csv?: boolean
  html?: boolean
  markdown?: boolean
  names: boolean
  cache: boolean
  restart?: boolean
  maxCreates?: number
  maxDisables?: number
}

/** Beyond the deletion guard or a limit. */
const TOO_MUCH = 3

const FORMS = ['json', 'csv', 'html', 'markdown'] as const

const form = (name: (typeof FORMS)[number], description: string) =>
  new Option(`--${name}`, description).conflicts(FORMS.filter((other) => other !== name))

export const command = new Command('forecast')
  .description('say who will be created, matched, changed, disabled, deleted or left out, before anything is turned on')
  .argument('<stack>', 'the stack whose file is looked at')
  .option('--all', 'name everybody, not only the first of each group')
  .addOption(form('json', 'print one JSON document'))
  .addOption(form('csv', 'print a table for a spreadsheet'))
  .addOption(form('html', 'print a page to be searched and sorted; it needs no network'))
  .addOption(form('markdown', 'print a short summary, for a comment on a pull request'))
  .option('--no-names', 'with --markdown: nothing about single people')
  .option('--restart', 'as though the job were restarted: everybody is compared with the target')
  .option('--max-creates <number>', 'exit with code 3 when more would be created', wholeNumber)
  .option('--max-disables <number>', 'exit with code 3 when more would be disabled or deleted', wholeNumber)
  .addOption(envFilesOption())
  .option('--no-cache', 'read the whole directory, and keep nothing of it')
  .addHelpText(
    'after',
    `
Exit code: 0; 3 beyond the deletion guard or a limit; 1 when there is no forecast.
The target of kind external is read with ENTRADA_TARGET_CLIENT_SECRET (and ENTRADA_TARGET_CLIENT_ID), or ENTRADA_TARGET_TOKEN.`,
  )
  .action(async (stack: string, options: Options) => {
    const { maxCreates, maxDisables, restart, cache } = options
    const env = environments(process.env, options.envFiles)(stack)
    const forecast = await forecastStack(openTenant(stack, env), {
      maxCreates,
      maxDisables,
      restart,
      cacheFolder: cache ? path.join(localFolder().path, 'forecast') : undefined,
      progress: (text) => console.error(text),
    })
    await print(await rendered(forecast, options))
    if (forecast.exceeded.length > 0) process.exitCode = TOO_MUCH
  })

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('it must be a whole number')
}

/** Each form is loaded when it is asked for. */
async function rendered(forecast: Forecast, options: Options): Promise<Iterable<string>> {
  if (options.json) return (await import('./render/json.ts')).renderJson(forecast)
  if (options.csv) return withBreaks((await import('./render/csv.ts')).renderCsv(forecast))
  if (options.html) return (await import('./render/html.ts')).renderHtml(forecast)
  if (options.markdown) return [(await import('./render/markdown.ts')).renderMarkdown(forecast, options)]
  return [(await import('./render/text.ts')).renderText(forecast, options)]
}

function* withBreaks(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\r\n`
}

/** Large documents go out in pieces, no faster than they are taken. */
async function print(pieces: Iterable<string>): Promise<void> {
  let pending = ''
  const flush = async () => {
    if (!process.stdout.write(pending)) await once(process.stdout, 'drain')
    pending = ''
  }
  for (const piece of pieces) {
    pending += piece
    if (pending.length > 65_536) await flush()
  }
  if (!pending.endsWith('\n')) pending += '\n'
  await flush()
}
