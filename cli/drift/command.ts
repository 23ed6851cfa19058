import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { findDrift } from '../engine/rehearse.ts'
import { tenantNames } from '../stack/files.ts'
import { openTenant } from '../stack/tenant.ts'
import { driftMarkdown, driftOf, driftText, type StackDrift, verdict } from './report.ts'

interface Options {
  json?: true
  markdown?: string
}

const EXIT = { unchanged: 0, failed: 1, drifted: 3 }

export const command = new Command('drift')
  .description('say what in the tenants is no longer as the last update left it; changes nothing')
  .argument('[stacks...]', 'names of stacks; by default all that have a file, but local')
  .option('--json', 'print one JSON document')
  .option('--markdown <file>', 'write the report as Markdown too')
  .addHelpText(
    'after',
    '\nExit code: 0 when nothing differs, 3 when something does, 1 when a stack could not be looked at.',
  )
  .action(async (stacks: string[], { json, markdown }: Options) => {
    const found: StackDrift[] = []
    for (const stack of stacks.length > 0 ? stacks : tenantNames()) {
      console.error(`reading ${stack} …`)
      found.push(await lookAt(stack))
    }
    console.log(json ? JSON.stringify(found) : driftText(found))
    if (markdown) writeFileSync(markdown, driftMarkdown(found))
    const verdicts = found.map(verdict)
    process.exit(EXIT[(['failed', 'drifted'] as const).find((one) => verdicts.includes(one)) ?? 'unchanged'])
  })

/** One stack that cannot be read does not hide the others. */
async function lookAt(stack: string): Promise<StackDrift> {
  try {
    return driftOf(stack, await findDrift(openTenant(stack)))
  } catch (error) {
    return { stack, error: (error as Error).message }
  }
}
