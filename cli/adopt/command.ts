import { createInterface } from 'node:readline/promises'
import { Command } from 'commander'
import { askUnseen, confirm, readAll } from '../stack/ask.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { type Adoption, type Asking, adopt } from './adopt.ts'
import { type Candidates, candidatesText, summaryOf } from './candidates.ts'
import { adoptionText, planText } from './text.ts'

interface Options {
  envFiles?: string
  tenantId?: string
  application?: string
  secretStdin?: boolean
  force?: boolean
  secretsProvider?: string
  yes?: boolean
  json?: boolean
}

/** 3: it is in the state, and the report has something for a person to read. */
const EXIT = { whole: 0, failed: 1, partly: 3 }

export const command = new Command('adopt')
  .description(
    'take over what was set up in a tenant by hand, or by a stack whose state is lost; the tenant is only read',
  )
  .argument('<stack>', 'name of the stack, new or with a file already')
  .option('--tenant-id <id>', "the Entra tenant's id or one of its verified domains (ARM_TENANT_ID)")
  .option('--application <name>', 'name or id of the application; without it they are listed')
  .option('--secret-stdin', 'read the client secret from stdin')
  .option('--force', 'overwrite a file that is there, and take an application that another stack manages')
  .option('--secrets-provider <url>', "what encrypts a new stack's secrets, as pulumi stack init has it")
  .addOption(envFilesOption())
  .option('--yes', 'do not ask')
  .option('--json', 'one JSON document')
  .addHelpText(
    'after',
    '\nexit code: 0 listed, or taken over whole and the next update changes nothing; 3 taken over, and the report says what no setting says, is yet to be given or would change; 1 it cannot be done',
  )
  .action(async (stack: string, options: Options) => {
    const { json = false, yes = false, secretStdin, envFiles, ...rest } = options
    const env = environments(process.env, envFiles)(stack)
    const outcome = await adopt(stack, { ...rest, env, ask: asking(json, yes, secretStdin ?? false) })
    if ('found' in outcome) {
      console.log(json ? JSON.stringify(listOf(outcome), null, 2) : candidatesText(outcome))
      if (!json) console.error(`\nnpx entrada adopt ${stack} --application <name or id>`)
      return
    }
    console.log(json ? JSON.stringify(outcome, null, 2) : adoptionText(outcome))
    process.exit(EXIT[verdict(outcome)])
  })

const listOf = ({ found, hidden }: Candidates) => ({ applications: found.map(summaryOf), hidden })

function verdict({ beyond, missing, taken, preview }: Adoption): keyof typeof EXIT {
  if (preview && preview.errors.length > 0) return 'failed'
  const open = beyond.length + missing.length + (taken?.left.length ?? 1) + (preview?.changes.length ?? 1)
  return open === 0 ? 'whole' : 'partly'
}

function asking(json: boolean, yes: boolean, stdin: boolean): Asking {
  const say = (text: string) => console.error(text)
  return {
    say,
    async application(candidates) {
      if (!process.stdin.isTTY || json) return undefined
      say(candidatesText(candidates))
      const terminal = createInterface({ input: process.stdin, output: process.stderr })
      const answer = await terminal.question('\nWhich one (name or id)? ')
      terminal.close()
      return answer.trim() || undefined
    },
    async secret(clientId) {
      if (!stdin && !process.stdin.isTTY) return undefined
      const question = `Client Secret of ${clientId}, which Entra does not tell (empty: set it later)`
      const secret = await (stdin ? readAll(process.stdin) : askUnseen(question, process.stdin, process.stderr))
      if (stdin && secret === '') throw new Error('--secret-stdin was given, and stdin is empty')
      return secret === '' ? undefined : secret
    },
    async agreed(plan) {
      if (!json) say(planText(plan))
      if (!yes) await confirm('\nTake it over?', "this writes the stack's file and its state")
    },
  }
}
