import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { previewChanges } from '../engine/rehearse.ts'
import { forecastStack } from '../forecast/forecast.ts'
import { renderMarkdown } from '../forecast/render/markdown.ts'
import { localFolder } from '../local/folder.ts'
import { openTenant, type Tenant } from '../stack/tenant.ts'
import { changesMarkdown } from './markdown.ts'

interface Options {
  out?: string
  policyPack?: string
  forecast: boolean
  names: boolean
}

export const command = new Command('review')
  .description('say in Markdown what an update of a stack would change, and who would be provisioned')
  .argument('<stack>', 'name of the stack, as in stacks/Pulumi.<stack>.yaml')
  .option('--out <file>', 'write it to a file too')
  .option('--policy-pack <folder>', 'check against a policy pack, e.g. policy')
  .option('--no-forecast', 'leave out who would be provisioned')
  .option('--no-names', 'say nothing about single people')
  .addHelpText('after', '\nExit code: 0 when it can be applied, 1 when the preview or a mandatory policy says no.')
  .action(async (stack: string, { out, policyPack, ...options }: Options) => {
    const tenant = openTenant(stack)
    // The engine works in another folder than the caller.
    const pack = policyPack && path.resolve(policyPack)
    const changes = await previewChanges(tenant, { policyPack: pack })
    const parts = [`### Stack \`${stack}\``, changesMarkdown(changes).trimEnd()]
    // What cannot be applied provisions nobody.
    if (options.forecast && changes.errors.length === 0) parts.push(await forecast(tenant, options.names))
    const text = `${parts.join('\n\n')}\n`
    console.log(text)
    if (out) writeFileSync(out, text)
    const refused = changes.policies.some(({ level }) => level === 'mandatory')
    process.exit(changes.errors.length > 0 || refused ? 1 : 0)
  })

/** A review without it still says what changes. */
async function forecast(tenant: Tenant, names: boolean): Promise<string> {
  const cacheFolder = path.join(localFolder().path, 'forecast')
  try {
    return renderMarkdown(await forecastStack(tenant, { cacheFolder }), { names }).trimEnd()
  } catch (error) {
    return `**There is no forecast**\n\n\`\`\`\n${(error as Error).message}\n\`\`\``
  }
}
