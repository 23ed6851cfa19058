/** Credentials of single stacks, beside the environment that all have in common. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { Option } from 'commander'
import type { Env } from './tenant.ts'

/** Of every command over tenants; its value is what `environments` takes. */
export const envFilesOption = () =>
  new Option('--env-files <folder>', 'credentials of single stacks: <folder>/<stack>.env with lines of KEY=value')

/**
 * The environment of a stack: `<folder>/<stack>.env`, lines of KEY=value, over this process's.
 * @throws for a folder that is not there
 */
export function environments(base: Env, folder: string | undefined): (stack: string) => Env {
  if (folder === undefined) return () => base
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Error(`--env-files is '${folder}': there is no such folder`)
  return (stack) => {
    const file = path.join(folder, `${stack}.env`)
    return existsSync(file) ? { ...base, ...parseEnv(readFileSync(file, 'utf8')) } : base
  }
}
