import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { ask } from './ask.ts'
import { rowsOf } from './csv.ts'
import { nextSteps } from './nextSteps.ts'
import { planFiles, type Wish, writeFiles } from './plan.ts'

interface Options {
  from?: string
  fromTemplate?: string
  force?: boolean
  tenantId?: string
  application?: string
  displayName?: string
  tenantUrl?: string
  tokenEndpoint?: string
  clientId?: string
  groups?: string
  set: string[]
}

/** Options that are settings, under the setting's path. */
const SETTINGS = {
  tenantId: 'tenantId',
  application: 'application',
  displayName: 'displayName',
  tenantUrl: 'target.tenantUrl',
  tokenEndpoint: 'target.tokenEndpoint',
  clientId: 'target.clientId',
  groups: 'assignments.groups',
} as const

export const command = new Command('new')
  .description("write a new stack's file, or one for each row of a CSV file")
  .argument('[stack]', 'name of the stack, usually that of the tenant')
  .option('--tenant-id <id>', "the Entra tenant's id or one of its verified domains")
  .option('--application <name>', 'name in the Entra gallery (M-Files)')
  .option('--display-name <name>', 'name the application gets in the tenant')
  .option('--tenant-url <url>', 'Tenant URL, as the application shows it')
  .option('--token-endpoint <url>', 'Token Endpoint, likewise')
  .option('--client-id <id>', 'Client ID, likewise')
  .option('--groups <names>', 'groups to assign, with ; between them')
  .option('--set <key=value>', 'any other setting, e.g. labels=eu;pilot', (one, all: string[]) => [...all, one], [])
  .option('--from-template <stack>', 'begin with a copy of that stack’s file, e.g. example')
  .option('--from <file>', 'a CSV file: a column stack, others named after settings, e.g. target.tenantUrl')
  .option('--force', 'overwrite files that are there')
  .action(async (stack: string | undefined, options: Options) => {
    if ((stack === undefined) === (options.from === undefined)) {
      throw new Error('give either the name of a new stack, or --from with a CSV file')
    }
    const given = cellsOf(options)
    const wishes: Wish[] = options.from
      ? rowsOf(readFileSync(options.from, 'utf8')).map((row) => ({ ...row, cells: { ...given, ...row.cells } }))
      : [
          {
            place: '',
            stack: stack!,
            cells: process.stdin.isTTY ? await ask(stack!, given, options.fromTemplate) : given,
          },
        ]
    const planned = planFiles(wishes, { template: options.fromTemplate, force: options.force ?? false })
    writeFiles(planned)
    for (const one of planned) console.log(nextSteps(one))
  })

function cellsOf(options: Options): Record<string, string> {
  const named = Object.entries(SETTINGS).flatMap(([option, setting]) => {
    const value = options[option as keyof typeof SETTINGS]
    return value === undefined ? [] : [[setting, value]]
  })
  const set = options.set.map((one) => {
    const at = one.indexOf('=')
    if (at < 1) throw new Error(`--set is '${one}': write it as key=value, e.g. labels=eu`)
    return [one.slice(0, at).replace(/^entrada:/, ''), one.slice(at + 1)]
  })
  return Object.fromEntries([...named, ...set])
}
