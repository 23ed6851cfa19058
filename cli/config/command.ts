import { Command } from 'commander'
import { stringify } from 'yaml'
import { effectiveSettings, explainText, FAULTY } from './effective.ts'

export const command = new Command('config')
  .description("show a stack's effective settings: its file over its ring's defaults over stacks/defaults.yaml")
  .argument('<stack>')
  .option('--explain', 'say where each setting stands')
  .option('--json', 'settings and where they stand as one JSON document')
  .addHelpText(
    'after',
    '\nexit code: 0, or 1 when something is missing or wrong: what stands there is shown all the same',
  )
  .action((stack: string, options: { explain?: boolean; json?: boolean }) => {
    const effective = effectiveSettings(stack)
    if (options.json) console.log(JSON.stringify(effective, null, 2))
    else if (options.explain) console.log(explainText(effective))
    else {
      const settings = Object.entries(effective.settings).map(([key, value]) => [`entrada:${key}`, value])
      process.stdout.write(stringify({ config: Object.fromEntries(settings) }, { lineWidth: 0 }))
      if (effective.faults.length > 0) {
        console.error([FAULTY, ...effective.faults.map((fault) => `  - ${fault}`)].join('\n'))
      }
    }
    if (effective.faults.length > 0) process.exitCode = 1
  })
