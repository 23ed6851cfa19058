/** The file backend's lock on a stack: left behind when the engine is killed, and then in everybody's way. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../../tools/setup/cache.mjs'

/** Who took a lock. */
export interface Holder {
  pid: number
  hostname: string
  timestamp: string
}

export interface Lock extends Holder {
  file: string
}

/** How long an engine of a run that was killed may take to end. */
const GRACE_SECONDS = 30

/** Who holds the stack, or held it when an engine was killed. */
export function readLocks(backend: string, project: string, stack: string): Lock[] {
  const folder = path.join(backend, '.pulumi', 'locks', 'organization', project, stack)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.join(folder, name))
    .map((file) => ({ ...(JSON.parse(readFileSync(file, 'utf8')) as Holder), file }))
}

/** Whether the engine that took the lock still runs; undefined when it ran on another machine. */
export function isHeld({ hostname: host, pid }: Holder): boolean | undefined {
  return host === hostname() ? isAlive(pid) : undefined
}

/** Waits until it is held no more, or the time that an engine may take to end is over. */
export async function giveTime(held: () => boolean, signal?: AbortSignal): Promise<void> {
  const until = Date.now() + GRACE_SECONDS * 1000
  while (held() && Date.now() < until) await sleep(250, undefined, signal && { signal })
}

/**
 * Removes locks of dead engines of this machine; an engine that still runs (of an interrupted run, say) is given time
 * to end.
 * @returns how many were removed
 * @throws when an engine of this or of another machine goes on holding the stack
 */
export async function clearStaleLocks(backend: string, project: string, stack: string): Promise<number> {
  let removed = 0
  for (const lock of readLocks(backend, project, stack)) {
    const { file } = lock
    if (lock.hostname !== hostname()) {
      throw new Error(
        `stack ${stack} is locked by process ${lock.pid} on ${lock.hostname} since ${lock.timestamp}: wait for it, or remove ${file} if it is gone`,
      )
    }
    await giveTime(() => isAlive(lock.pid) && existsSync(file))
    if (!existsSync(file)) continue
    if (isAlive(lock.pid))
      throw new Error(
        `stack ${stack} is being updated by process ${lock.pid} since ${lock.timestamp}: wait for it or stop it`,
      )
    // The backend keeps a file's attributes beside it.
    for (const part of [file, `${file}.attrs`]) rmSync(part, { force: true })
    removed += 1
  }
  return removed
}
