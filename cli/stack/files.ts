/** The stack files of this clone: one a tenant. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { readFleet, stacksFolder } from '../../config/fleet.ts'
import type { StackConfig } from '../../config/schema.ts'
import { parseStackFile } from '../../config/stackFile.ts'
import { STACK } from '../local/folder.ts'

const NAME = /^Pulumi\.([\w.-]+)\.yaml$/

/** To be copied, and no tenant's. */
const EXAMPLE = /^example(-|$)/

export function stackFile(name: string, folder = stacksFolder): string {
  return path.join(folder, `Pulumi.${name}.yaml`)
}

/** `Pulumi.contoso.yaml` → `contoso`; undefined for a file that is no tenant's. */
export function stackOfFile(file: string): string | undefined {
  const name = NAME.exec(file)?.[1]
  return name !== undefined && EXAMPLE.test(name) ? undefined : name
}

/** Names of all stacks that have a file, in order. */
export function stackNames(folder = stacksFolder): string[] {
  return readdirSync(folder)
    .flatMap((file) => stackOfFile(file) ?? [])
    .sort()
}

/** The same for pipelines: what `npm start` serves on a developer's machine is nobody's tenant. */
export function tenantOfFile(file: string): string | undefined {
  const name = stackOfFile(file)
  return name === STACK ? undefined : name
}

/** Names of the stacks that are somebody's tenant, in order. */
export function tenantNames(folder = stacksFolder): string[] {
  return stackNames(folder).filter((name) => name !== STACK)
}

/**
 * The settings of one stack, checked, merged with the fleet's and with defaults; secrets in it stay encrypted.
 * @throws StackConfigError, or an error that names the stacks there are
 */
export function readStack(name: string, folder = stacksFolder): StackConfig {
  return parseStackFile(stackFileText(name, folder), name, readFleet(folder))
}

/** @throws an error that names the stacks there are */
export function stackFileText(name: string, folder = stacksFolder): string {
  const file = stackFile(name, folder)
  if (!existsSync(file)) {
    throw new Error(`there is no stack '${name}': ${file} does not exist; there are ${stackNames(folder).join(', ')}`)
  }
  return readFileSync(file, 'utf8')
}
