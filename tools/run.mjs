/**
 * Entry of the npm scripts: `node tools/run.mjs <command> [arguments]`. Plain JavaScript for Node 20, because it is
 * what finds a Node new enough to run everything else.
 */
import { useCompileCache } from './setup/cache.mjs'
import { runOnCurrentNode } from './setup/node.mjs'
import { ensurePackages } from './setup/packages.mjs'

const commands = {
  start: 'cli/start/main.ts',
  clean: 'cli/clean.ts',
  pulumi: 'cli/pulumi.ts',
  test: 'tools/test.ts',
  check: 'tools/check.ts',
  format: 'tools/format.ts',
  bench: 'bench/main.ts',
}

const [command, ...args] = process.argv.slice(2)
if (!Object.hasOwn(commands, command ?? '')) {
  console.error(`unknown command '${command ?? ''}': use one of ${Object.keys(commands).join(', ')}`)
  process.exit(2)
}
useCompileCache()
try {
  await ensurePackages()
  await runOnCurrentNode(commands[command], args)
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
