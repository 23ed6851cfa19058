import { parseArgs } from 'node:util'
import { mailServerOf } from './provisioning/notify/mail.ts'
import type { SandboxOptions } from './sandbox.ts'

export const HELP = `An Entra ID tenant on this machine: sign-in, Microsoft Graph, and a provisioning service
that speaks SCIM to a target of yours. Clients written for Microsoft's cloud use it unchanged.

  npx entrada sandbox [options]

  --users N     people in the generated directory (200; 10 to 1000000)
  --seed TEXT   another seed makes another company, the same one the same (entrada)
  --tenants N   tenants in this process, each with a directory of its own (1; up to 1000)
  --port N      port on 127.0.0.1 (0: any free one)
  --data DIR    keep the state in this folder; it survives a killed process (in memory only)
  --smtp H:P    mail server that takes notification mails, without sign-in (none are sent)
  --json        print one line of JSON once ready, in place of the variables to export
  --help        this text

Once ready it prints the variables that azuread, Pulumi, Terraform and Entrada read (ARM_*), and the
certificate to trust. In a browser: /portal, which shows provisioning as Microsoft's portal does.
For tests: /sandbox/*, which moves the clock, runs cycles, injects faults and takes snapshots.

  npx entrada sandbox --users 5000 --data .tenant     5,000 people, kept
  npx entrada sandbox --json > ready.json &           for scripts: addresses and a client

ENTRADA_EXIT_WITH_PARENT=1 ends it when its standard input does.
Guide, with examples for curl, the Graph SDK, Terraform and Pulumi: docs/sandbox.md
`

export interface Command {
  help: boolean
  json: boolean
  options: Pick<SandboxOptions, 'users' | 'port' | 'tenants' | 'smtp' | 'seed' | 'data'>
}

const OPTIONS = {
  users: { type: 'string' },
  seed: { type: 'string' },
  tenants: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  smtp: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** @throws Error of one line, naming the option, its value and what is allowed */
export function readCommand(args: string[]): Command {
  const values = parse(args)
  if (values.smtp !== undefined && !mailServerOf(values.smtp)) {
    throw new Error(`--smtp "${values.smtp}" is not the host and port of a mail server, such as 127.0.0.1:1025.`)
  }
  return {
    help: values.help ?? false,
    json: values.json ?? false,
    options: {
      users: wholeNumber('users', values.users, 10, 1_000_000),
      port: wholeNumber('port', values.port, 0, 65_535),
      tenants: wholeNumber('tenants', values.tenants, 1, 1000),
      smtp: values.smtp,
      seed: given('seed', values.seed),
      data: given('data', values.data),
    },
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values
  } catch (error) {
    const known = Object.keys(OPTIONS)
      .map((name) => `--${name}`)
      .join(', ')
    // Node's own message goes on with hints about positional arguments, of which there are none here.
    const [what] = (error as Error).message.split('. ')
    throw new Error(`${what!.replace(/\.$/, '')}. Options: ${known}; --help explains them.`)
  }
}

function wholeNumber(name: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw new Error(`--${name} "${value}" is not possible: a whole number from ${least} to ${most}.`)
}

function given(name: string, value: string | undefined): string | undefined {
  if (value === '') throw new Error(`--${name} is empty: leave it out, or give it a text.`)
  return value
}
