/** The client secret in a stack's file, which only the engine can encrypt. */
import { readFileSync } from 'node:fs'
import { root } from '../../tools/setup/node.mjs'
import { runEngine } from '../engine/run.ts'
import { siteOf } from '../engine/tenantStack.ts'
import { writeWhole } from '../local/folder.ts'
import { stackFile } from '../stack/files.ts'
import type { Env } from '../stack/tenant.ts'

const KEY = 'entrada:target.clientSecret'
const EXPIRES = 'entrada:target.clientSecretExpires'

export interface NewSecret {
  secret: string
  /** The day on which it ends; null where that is not known, so that the day of the one before is taken out. */
  expires: string | null
}

/**
 * Replaces the secret in the file of `stack`, and the day on which it ends. The secret is given to the engine on its standard input, where no list of processes shows it.
 * @returns takes the file back to what it was
 * @throws with what the engine said; the file is then as it was
 */
export async function setClientSecret(stack: string, { secret, expires }: NewSecret, env: Env): Promise<() => void> {
  const file = stackFile(stack)
  const before = readFileSync(file, 'utf8')
  const restore = () => writeWhole(file, before)
  // In the clone itself: the engine keeps the comments of the file that it writes into.
  const site = { ...(await siteOf({ stack, env })), workDir: root }
  try {
    await runEngine(site, ['config', 'set', KEY, '--path', '--secret', '--stack', stack], { input: secret })
    const day = expires === null ? ['rm', EXPIRES] : ['set', EXPIRES, expires]
    await runEngine(site, ['config', ...day, '--path', '--stack', stack])
    return restore
  } catch (error) {
    restore()
    throw new Error(
      `the client secret could not be written into ${file}, so nothing was changed: ${(error as Error).message}`,
    )
  }
}
