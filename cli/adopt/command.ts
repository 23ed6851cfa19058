import { createInterface } from 'node:readline/promises'
import { Command, Option } from 'commander'
import { confirm } from '../stack/confirm.ts'
import { type Adoption, type Asking, adopt } from './adopt.ts'
import { type Candidates, candidatesText, summaryOf } from './candidates.ts'
import { askSecret, secretFromStdin } from './secret.ts'
import { adoptionText, planText } from './text.ts'

interface Options {
  tenantId?: string
  application?: string
  secretStdin?: boolean
  rotate?: boolean
  force?: boolean
  secretsProvider?: string
  yes?: boolean
  json?: boolean
}

const EXIT = { whole: 0, beyond: 3 }

export const command = new Command('adopt')
  .description(
    'take over what was set up in a tenant by hand, or by a stack whose state is lost; the tenant is only read',
  )
  .argument('<stack>', 'name of the stack, new or with a file already')
  .option('--tenant-id <id>', "the Entra tenant's id or one of its verified domains (ARM_TENANT_ID)")
  .option('--application <name>', 'name or id of the application; without it they are listed')
  .addOption(new Option('--secret-stdin', 'read the client secret from stdin').conflicts('rotate'))
  .option('--rotate', 'have the bundled SCIM service make a new client secret at the next update')
  .option('--force', 'overwrite a file that is there, and take an application that another stack manages')
  .option('--secrets-provider <url>', "what encrypts a new stack's secrets, as pulumi stack init has it")
  .option('--yes', 'do not ask')
  .option('--json', 'one JSON document')
  .addHelpText(
    'after',
    '\nexit code: 0 taken over, or listed; 3 taken over, and something is left that no setting says or that is yet to be given; 1 it cannot be done',
  )
  .action(async (stack: string, options: Options) => {
    const { json = false, yes = false, secretStdin, ...rest } = options
    const outcome = await adopt(stack, { ...rest, ask: asking(json, yes, secretStdin ?? false) })
    if ('found' in outcome) {
      console.log(json ? JSON.stringify(listOf(outcome), null, 2) : candidatesText(outcome))
      if (!json) console.error(`\nnpx entrada adopt ${stack} --application <name or id>`)
      return
    }
    console.log(json ? JSON.stringify(outcome, null, 2) : adoptionText(outcome))
    process.exit(isWhole(outcome) ? EXIT.whole : EXIT.beyond)
  })

const listOf = ({ found, hidden }: Candidates) => ({ applications: found.map(summaryOf), hidden })

function isWhole({ beyond, missing, taken }: Adoption): boolean {
  return beyond.length + missing.length === 0 && taken !== null && taken.left.length === 0
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
    secret: (clientId) =>
      stdin
        ? secretFromStdin()
        : askSecret(`Client Secret of ${clientId}, which Entra does not tell (empty: set it later): `),
    async agreed(plan) {
      if (!json) say(planText(plan))
      if (!yes) await confirm('\nTake it over?', "this writes the stack's file and its state")
    },
  }
}
