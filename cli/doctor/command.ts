import { Command, InvalidArgumentError, Option } from 'commander'
import { ACCESSES, type Access } from '../../provider/graph/neededPermissions.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { stackNames } from '../stack/files.ts'
import { examineMachine, examineStack, type Given } from './examine.ts'
import { countStates, formatGroup, formatSummary, type Group, withoutSecrets } from './report.ts'

interface Options {
  access: Access
  envFiles?: string
  json?: boolean
  timeout: number
}

const PROBLEMS = 1
const USAGE = 2

export const command = new Command('doctor')
  .description('says what a stack lacks before anything runs, and what to do about it; changes nothing')
  .argument('[stacks...]', 'names of stacks; without one, all that have a file')
  .addOption(envFilesOption())
  .addOption(
    new Option('--access <access>', 'what whoever is signed in is to be able to do with the stacks')
      .choices(ACCESSES)
      .default('change')
      .env('ENTRADA_ACCESS'),
  )
  .option('--json', 'print one JSON document')
  .option('--timeout <seconds>', 'time that one check may take', seconds, 20)
  .addHelpText('after', '\nExit code: 0 without problems, 1 with problems, 2 for a wrong command.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
  .action(async (asked: string[], options: Options) => {
    const stacks = known(asked)
    const envOf = environments(process.env, options.envFiles)
    const given: Given = { env: process.env, limitMs: options.timeout * 1000, access: options.access }
    const groups: Group[] = []
    const add = (group: Group, env = given.env) => {
      const clean = withoutSecrets(group, env)
      groups.push(clean)
      if (!options.json) console.log(formatGroup(clean, process.stdout.isTTY && !process.env.NO_COLOR))
    }
    add({ findings: await examineMachine(given) })
    for (const stack of stacks) {
      const env = envOf(stack)
      add({ stack, findings: await examineStack(stack, { ...given, env }) }, env)
    }
    const counts = countStates(groups)
    const [machine, ...others] = groups
    if (options.json) console.log(JSON.stringify({ machine: machine?.findings, stacks: others, counts }, null, 2))
    else console.log(formatSummary(counts))
    // What took too long may still be under way.
    process.exit(counts.problem > 0 ? PROBLEMS : 0)
  })

function known(asked: readonly string[]): readonly string[] {
  const names = stackNames()
  const unknown = asked.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    console.error(
      `entrada: there is no stack ${unknown.map((name) => `'${name}'`).join(', ')}; there are ${names.join(', ')}`,
    )
    process.exit(USAGE)
  }
  return asked.length > 0 ? asked : names
}

function seconds(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number of seconds, more than 0.')
  return value
}
