import { createInterface } from 'node:readline/promises'
import { Command, InvalidArgumentError } from 'commander'
import { isDay } from '../../config/fields.ts'
import { openTenantStack } from '../engine/tenantStack.ts'
import { askUnseen, confirm, readAll } from '../stack/ask.ts'
import { envFilesOption, environments } from '../stack/envFiles.ts'
import { openTenant, type Tenant } from '../stack/tenant.ts'
import { planRotation, retireBundled, rotateBundled } from './bundled.ts'
import { waitForGoodCycle } from './cycle.ts'
import { rotateExternal } from './external.ts'
import { type Rotation, rotationOf, rotationText } from './report.ts'
import { type Rotated, rotatedIn, type SecretState } from './state.ts'

interface Options {
  envFiles?: string
  yes?: true
  json?: true
  secretStdin?: true
  expires?: string
  wait?: true | number
}

const MINUTE = 60_000
/** One cycle is under way and the next has to end: two intervals of 40 minutes. */
const USUAL_WAIT = 90

export const command = new Command('rotate')
  .description('replace the client secret that provisioning signs in to the target with, without a cycle that fails')
  .argument('<stack>', 'name of the stack, as in stacks/Pulumi.<stack>.yaml')
  .addOption(envFilesOption())
  .option('--yes', 'do not ask')
  .option('--secret-stdin', 'target external: read the new client secret from standard input')
  .option('--expires <day>', 'target external: when the new client secret ends, e.g. 2027-01-31', day)
  .option(
    '--wait [minutes]',
    `bundled target: wait for a cycle with the new secret, at most ${USUAL_WAIT} minutes, and end the old one`,
    minutes,
  )
  .option('--json', 'print one JSON document')
  .addHelpText(
    'after',
    '\nExit code: 0 when the new secret is in use, 1 when it is not, or when --wait did not see the cycle it waited for.',
  )
  .action(async (name: string, options: Options) => {
    if (!options.yes && (options.secretStdin || !process.stdin.isTTY))
      throw new Error('there is no terminal to ask on: give --yes')
    const tenant = openTenant(name, environments(process.env, options.envFiles)(name))
    const stack = await openTenantStack(tenant)
    const found = rotatedIn(await stack.exportStack(), name)
    const { configuration } = found
    const rotation = configuration
      ? await bundled(tenant, found, configuration, options)
      : await external(tenant, found, options)
    console.log(options.json ? JSON.stringify(rotation) : rotationText(rotation, !configuration))
    if (rotation.warning) process.exitCode = 1
  })

async function bundled(tenant: Tenant, { job }: Rotated, before: SecretState, options: Options): Promise<Rotation> {
  const { stack, graph } = tenant
  if (options.secretStdin) throw new Error('--secret-stdin is for target external: the SCIM service makes its secrets')
  if (options.expires) throw new Error('--expires is for target external: the SCIM service tells when its secrets end')
  const target = [before.urn, job.urn]
  console.error(`looking at ${stack} …`)
  const plan = await planRotation(tenant, target)
  if (plan.finishes) console.error('an earlier rotation was interrupted: this one finishes it')
  if (plan.besides.length > 0) console.error(`the stack's file changes ${plan.besides.join(', ')} too`)
  await agree(`Replace the client secret of ${stack}?`, options)
  const after = await rotateBundled(tenant, target, before, plan)
  if (!options.wait || !after.previousSecretId) return rotationOf(stack, after)
  console.error('waiting for a cycle with the new client secret …')
  try {
    await waitForGoodCycle(graph, job.id, graph.now(), (options.wait === true ? USUAL_WAIT : options.wait) * MINUTE)
  } catch (error) {
    return { ...rotationOf(stack, after), warning: (error as Error).message }
  }
  return rotationOf(stack, await retireBundled(tenant, after))
}

async function external(tenant: Tenant, found: Rotated, options: Options): Promise<Rotation> {
  const { stack, served } = tenant
  if (served) throw new Error(`the stack '${stack}' that npm start serves keeps no secret in its file`)
  if (options.wait) throw new Error('--wait is for the bundled SCIM service: this application ends its secrets itself')
  const secret = options.secretStdin ? await readAll(process.stdin) : await askForSecret(stack)
  if (secret === '') throw new Error('nothing was changed: the new client secret is empty')
  const expires = options.expires ?? (options.secretStdin ? null : await askForDay())
  await agree(`Use it as the client secret of ${stack}?`, options)
  await rotateExternal(tenant, found, { secret, expires })
  return { ...rotationOf(stack, undefined), expiresAt: expires }
}

async function askForSecret(stack: string): Promise<string> {
  if (process.stdin.isTTY)
    return askUnseen(`New client secret of ${stack}, as the application shows it`, process.stdin, process.stderr)
  throw new Error('there is no terminal to ask on: give the new client secret on standard input, with --secret-stdin')
}

/** @returns null where the application does not tell */
async function askForDay(): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = (await terminal.question('The day on which it ends, e.g. 2027-01-31 (empty: not known): ')).trim()
  terminal.close()
  if (answer !== '' && !isDay(answer)) throw new Error(`nothing was changed: '${answer}' is no day such as 2027-01-31`)
  return answer || null
}

async function agree(question: string, { yes }: Options): Promise<void> {
  if (!yes) await confirm(question, 'this replaces a client secret that is in use')
}

function day(text: string): string {
  if (isDay(text)) return text
  throw new InvalidArgumentError('it must be a day as 2027-01-31.')
}

function minutes(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('give whole minutes, from 1 on.')
}
