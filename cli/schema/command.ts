import { Command } from 'commander'
import { schemaText } from './generate.ts'

export const command = new Command('schema')
  .description('print the JSON Schema of stack files, which is also in stacks/schema.json')
  .action(() => {
    process.stdout.write(schemaText())
  })
