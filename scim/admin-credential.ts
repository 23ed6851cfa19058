import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Credential {
  /** Undefined: there is none. */
  token: string | undefined
  /** Set where the token is in a file, so that the administrator can be told. */
  file?: string
}

/** The credential of /api and /admin: from the environment, else from a file in the data directory, made at the first start. */
export function adminCredential(directory: string, given: string | undefined): Credential {
  if (given) return { token: given }
  const file = join(directory, 'admin-token')
  try {
    return { token: readFileSync(file, 'utf8').trim(), file }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const token = randomBytes(32).toString('base64url')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
  return { token, file }
}
