import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

interface Owner {
  host: string
  pid: number
  /** When that process started, in ticks since boot; null where the system does not say. Tells a reused pid. */
  started: string | null
}

export class DirectoryInUse extends Error {}

/** The owner renews its lock; one that another machine has not renewed for so long is of a machine that is no more. Milliseconds. */
const renewEvery = 5_000
const forgottenAfter = 30_000

/**
 * Takes `directory` for this process alone: two PGlite processes on one directory lose each other's writes without an error.
 * The lock of a process that is no more is cleared, also one of another machine or container that shares the directory. Returns
 * the release. Throws `DirectoryInUse`.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'lock')
  const self: Owner = { host: hostname(), pid: process.pid, started: startOf(process.pid) }
  exclusively(join(directory, 'lock.guard'), () => {
    const owner = readOwner(file)
    if (owner && isAlive(owner, file)) {
      const process = owner.host === self.host ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`
      throw new DirectoryInUse(
        `${directory} is in use by ${process}. Stop that process, or name another directory with --data.`,
      )
    }
    rmSync(file, { force: true })
    create(file, JSON.stringify(self))
  })
  const renewal = setInterval(() => renew(file), renewEvery).unref()
  return () => {
    clearInterval(renewal)
    rmSync(file, { force: true })
  }
}

function renew(file: string): void {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {}
}

/** Keeps two starting processes from both clearing the same stale lock. A guard older than 5 s is of a process killed inside. */
function exclusively(guard: string, work: () => void): void {
  try {
    create(guard, '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (Date.now() - statSync(guard).mtimeMs < 5_000)
      throw new DirectoryInUse(`Another process is just taking ${guard}`)
    rmSync(guard, { force: true })
    create(guard, '')
  }
  try {
    work()
  } finally {
    rmSync(guard, { force: true })
  }
}

function create(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600)
  writeSync(handle, text)
  closeSync(handle)
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(owner: Owner, file: string): boolean {
  if (owner.host !== hostname()) return Date.now() - statSync(file).mtimeMs < forgottenAfter
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return startOf(owner.pid) === owner.started
}

/** Field 22 of /proc/<pid>/stat, counted after the name in parentheses, which may hold spaces. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
