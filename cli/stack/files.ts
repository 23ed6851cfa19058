/** The stack files of this clone: one a tenant. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { StackConfig } from '../../config/schema.ts'
import { parseStackFile } from '../../config/stackFile.ts'
import { root } from '../../tools/setup/node.mjs'

const NAME = /^Pulumi\.([\w.-]+)\.yaml$/

/** To be copied, and no tenant's. */
const EXAMPLE = /^example(-|$)/

export const stacksFolder = path.join(root, 'stacks')

/** Names of all stacks that have a file, in order. */
export function stackNames(folder = stacksFolder): string[] {
  return readdirSync(folder)
    .flatMap((file) => NAME.exec(file)?.[1] ?? [])
    .filter((name) => !EXAMPLE.test(name))
    .sort()
}

/**
 * The settings of one stack, checked, with defaults; secrets in it stay encrypted.
 * @throws StackConfigError, or an error that names the stacks there are
 */
export function readStack(name: string, folder = stacksFolder): StackConfig {
  const file = path.join(folder, `Pulumi.${name}.yaml`)
  if (!existsSync(file)) {
    throw new Error(`there is no stack '${name}': ${file} does not exist; there are ${stackNames(folder).join(', ')}`)
  }
  return parseStackFile(readFileSync(file, 'utf8'))
}
