/** One rollout at a time in a clone; other machines are kept out by the locks of the stacks' backends. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import path from 'node:path'
import { takeLock } from '../../tools/setup/cache.mjs'
import { writeWhole } from '../local/folder.ts'
import { UsageError } from './usage.ts'

/** `ann on build-7`; user names can be missing in containers. */
export function whoRuns(): string {
  const name = process.env.USER ?? process.env.USERNAME ?? safely(() => userInfo().username) ?? 'somebody'
  return `${name} on ${hostname()}`
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** @throws UsageError when a rollout runs already, with who runs it and since when */
export async function aloneInRollouts<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, 'lock')
  const about = path.join(folder, 'running.txt')
  const holder = takeLock(lock)
  if (holder !== undefined) {
    const known = existsSync(about) ? ` (${readFileSync(about, 'utf8')})` : ''
    throw new UsageError(
      `another rollout is running: process ${holder}${known}. Wait for it, or stop it with Ctrl-C where it runs`,
    )
  }
  try {
    writeWhole(about, `${whoRuns()}, since ${new Date().toISOString()}`)
    return await work()
  } finally {
    rmSync(about, { force: true })
    rmSync(lock, { force: true })
  }
}
