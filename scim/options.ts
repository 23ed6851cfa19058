import { parseArgs } from 'node:util'
import { contradictions, type Setting, type Settings, settings, variableOf } from './settings.ts'

/** What was asked for cannot be done; the message says all that is wrong. */
export class UsageError extends Error {}

export type Options = Settings & { json: boolean; help: boolean }

type Given = { from: string; value: string }
const entries = Object.entries(settings) as [keyof Settings, Setting][]

export const variables = entries.map(([name]) => variableOf(name))

/** Flags before environment before what is usual; an empty variable is none. Throws `UsageError` with all that is wrong. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv = process.env): Options {
  const { json, help, ...flags } = parse(args)
  const problems: string[] = []
  const read = ([name, setting]: (typeof entries)[number]): [string, unknown] => {
    const given = givenValue(name, flags as Record<string, string>, environment)
    const result = setting.value.safeParse(given?.value)
    if (!result.success) problems.push(problemOf(setting, given!))
    return [name, result.data]
  }
  const values = Object.fromEntries(entries.map(read)) as Settings
  if (problems.length === 0) problems.push(...contradictions(values))
  if (problems.length > 0 && !help) throw new UsageError(problems.join('\n'))
  return { ...values, json: json as boolean, help: help as boolean }
}

/** Whether a database URL with a password stands in the command line, which others see. */
export const showsPassword = (args: string[]): boolean =>
  args.some((arg) => /postgres(?:ql)?:\/\/(?:[^/@]*:[^@]+@|.*[?&]password=)/.test(arg))

function givenValue(name: string, flags: Record<string, string>, environment: NodeJS.ProcessEnv): Given | undefined {
  if (flags[name] !== undefined) return { from: `--${name}`, value: flags[name] }
  const value = environment[variableOf(name)]
  return value ? { from: variableOf(name), value } : undefined
}

function problemOf(setting: Setting, given: Given): string {
  const was = setting.secret ? '' : `; it was ${JSON.stringify(given.value.slice(0, 100))}`
  return `${given.from} must be ${setting.allowed}${was}`
}

function parse(args: string[]) {
  const flags = Object.fromEntries(
    entries.filter(([, { flag }]) => flag).map(([name]) => [name, { type: 'string' as const }]),
  )
  const switches = {
    json: { type: 'boolean' as const, default: false },
    help: { type: 'boolean' as const, default: false },
  }
  try {
    return parseArgs({ args, options: { ...flags, ...switches } }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. --help lists what there is`)
  }
}

function helpOf([, setting]: (typeof entries)[number]): string {
  const usual = setting.value.safeParse(undefined).data
  const isTold = usual !== undefined && !(Array.isArray(usual) && usual.length === 0)
  return `${setting.help} (${setting.allowed}${isTold ? `; ${usual} by default` : ''})`
}

const flagLines = entries
  .filter(([, { flag }]) => flag)
  .map((entry) => `  ${`--${entry[0]} ${entry[1].flag}`.padEnd(18)}${helpOf(entry)}`)
const variableLines = entries.map((entry) => `  ${variableOf(entry[0])}\n      ${helpOf(entry)}`)

export const usage = [
  'Usage: node main.ts [options]                                    serve',
  '       node main.ts export [--tenant NAME] [options] > tenant.ndjson',
  '       node main.ts import [--tenant NAME] [options] < tenant.ndjson',
  '       node main.ts migrate [options]                            bring the database up to date, and end',
  '',
  ...flagLines,
  '  --json            print one JSON line once the service is ready',
  '  --help            print this',
  '',
  'Environment, for all that no option is given for:',
  '',
  ...variableLines,
  '  ENTRADA_EXIT_WITH_PARENT',
  '      1: end when standard input ends',
].join('\n')
