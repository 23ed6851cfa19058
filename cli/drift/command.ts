import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { readFleet } from '../../config/fleet.ts'
import { findDrift } from '../engine/rehearse.ts'
import { parallelFor, thisMachine } from '../rollout/slots.ts'
import { eachOf } from '../stack/eachOf.ts'
import { pickStacks } from '../stack/pick.ts'
import { openTenant } from '../stack/tenant.ts'
import { withOrigins } from './origins.ts'
import { driftMarkdown, driftOf, driftText, type StackDrift, verdict } from './report.ts'

interface Options {
  label: string[]
  json?: true
  markdown?: string
}

const EXIT = { unchanged: 0, failed: 1, drifted: 3 }

export const command = new Command('drift')
  .description(
    'say what in the tenants is no longer as the last update left it, since when and by whom; changes nothing',
  )
  .argument('[stacks...]', 'names, or patterns such as eu-*; all by default')
  .option('--label <label>', 'stacks with this label; may be repeated', (one, all: string[]) => [...all, one], [])
  .option('--json', 'print one JSON document')
  .option('--markdown <file>', 'write the report as Markdown too')
  .addHelpText(
    'after',
    '\nExit code: 0 when nothing differs, 3 when something does, 1 when a stack could not be looked at.',
  )
  .action(async (names: string[], { label, json, markdown }: Options) => {
    const stacks = pickStacks(names, label)
    const found = await eachOf(stacks, parallelFor(thisMachine(), readFleet().rollout.limits.parallel), lookAt)
    console.log(json ? JSON.stringify(found) : driftText(found))
    if (markdown) writeFileSync(markdown, driftMarkdown(found))
    const verdicts = found.map(verdict)
    process.exit(EXIT[(['failed', 'drifted'] as const).find((one) => verdicts.includes(one)) ?? 'unchanged'])
  })

/** One stack that cannot be read does not hide the others. */
async function lookAt(stack: string): Promise<StackDrift> {
  console.error(`reading ${stack} …`)
  try {
    const tenant = openTenant(stack)
    return await driftOf(stack, await findDrift(tenant), (changes) =>
      withOrigins(tenant.graph, changes, tenant.env.ARM_CLIENT_ID),
    )
  } catch (error) {
    return { stack, error: (error as Error).message }
  }
}
