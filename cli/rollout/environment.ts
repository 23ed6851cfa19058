/** What is a stack's own in its environment, and what of it must never be seen. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { redact } from '../../provider/server/wire.ts'
import type { Env } from '../stack/tenant.ts'

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

const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PASSPHRASE|ACCESS_KEY|STORAGE_KEY|CONNECTION_STRING|CLIENT_CERTIFICATE$/
const NAMES_ONE = /(_FILE|_PATH|_URL|_URI|_ENDPOINT)$/

/** Takes the values of secret variables out of texts; those of all environments that it was told of. */
export class Secrets {
  readonly #values = new Set<string>()

  add(env: Env): void {
    for (const [name, value] of Object.entries(env)) {
      if (value && SECRET_NAME.test(name) && !NAMES_ONE.test(name)) this.#values.add(value)
    }
  }

  /** Also within JSON, where a value may be escaped. */
  readonly clean = (text: string): string => {
    const values = [...this.#values]
    return redact(text, [...values, ...values.map((value) => JSON.stringify(value).slice(1, -1))])
  }
}
