import { giveTime, type Holder, isHeld } from './lock.ts'
import type { EngineError } from './process.ts'

interface Attempt {
  failure?: EngineError
}

/** As the engine names those who hold a stack, whatever backend they hold it in. */
const HOLDER = /created by \S+@(\S+) \(pid (\d+)\) at (\S+)/g

export function locksIn(message: string): Holder[] {
  return Array.from(message.matchAll(HOLDER), ([, hostname = '', pid, timestamp = '']) => ({
    hostname,
    pid: Number(pid),
    timestamp,
  }))
}

/**
 * An update that is tried again where engines of this machine hold the stack: they are given time to end, as those of a
 * run that was killed do, and a lock that they leave behind is removed. One of another machine is left alone.
 * @param unlock removes all locks of the stack
 */
export async function pastDeadLocks<Result extends Attempt>(
  update: () => Promise<Result>,
  unlock: () => Promise<unknown>,
  signal?: AbortSignal,
): Promise<Result> {
  const first = await update()
  const held = locksOf(first)
  if (held.length === 0 || !(await ended(held, signal))) return first
  const second = await update()
  const left = locksOf(second)
  if (left.length === 0 || left.some((lock) => isHeld(lock) !== false)) return second
  await unlock()
  return update()
}

const locksOf = ({ failure }: Attempt) => (failure?.reason === 'locked' ? locksIn(failure.message) : [])

/** Whether all of them ran on this machine and have ended, in the end. */
async function ended(locks: readonly Holder[], signal?: AbortSignal): Promise<boolean> {
  if (locks.some((lock) => isHeld(lock) === undefined)) return false
  await giveTime(() => locks.some(isHeld), signal)
  return !locks.some(isHeld)
}
