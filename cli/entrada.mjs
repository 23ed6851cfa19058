#!/usr/bin/env node
/** The `entrada` command. Plain JavaScript for Node 20, like the bootstrap that it uses. */
import { useCompileCache } from '../tools/setup/cache.mjs'
import { runOnCurrentNode } from '../tools/setup/node.mjs'
import { ensurePackages } from '../tools/setup/packages.mjs'

useCompileCache()
try {
  await ensurePackages()
  await runOnCurrentNode('cli/main.ts', process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
