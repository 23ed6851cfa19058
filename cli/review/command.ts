import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { previewChanges } from '../engine/rehearse.ts'
import { openTenant } from '../stack/tenant.ts'
import { changesMarkdown } from './markdown.ts'

interface Options {
  out?: string
  policyPack?: string
}

export const command = new Command('review')
  .description('say in Markdown what an update of a stack would change')
  .argument('<stack>', 'name of the stack, as in stacks/Pulumi.<stack>.yaml')
  .option('--out <file>', 'write it to a file too')
  .option('--policy-pack <folder>', 'check against a policy pack, e.g. policy')
  .addHelpText('after', '\nExit code: 0 when it can be applied, 1 when the preview or a mandatory policy says no.')
  .action(async (stack: string, { out, policyPack }: Options) => {
    const changes = await previewChanges(openTenant(stack), { policyPack })
    const text = `### Stack \`${stack}\`\n\n${changesMarkdown(changes)}`
    console.log(text)
    if (out) writeFileSync(out, text)
    const refused = changes.policies.some(({ level }) => level === 'mandatory')
    process.exit(changes.errors.length > 0 || refused ? 1 : 0)
  })
