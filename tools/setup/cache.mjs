/** The user's cache folder, shared by all clones: toolchains that are expensive to get. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import * as module from 'node:module'
import { homedir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** @returns {string} absolute path; ENTRADA_CACHE overrides the platform's own place */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.ENTRADA_CACHE) return path.resolve(env.ENTRADA_CACHE)
  if (platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'), 'entrada')
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'entrada')
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'entrada')
}

/** Node keeps what it compiled, types already left out, for its next start; also of the processes started from here. */
export function useCompileCache() {
  process.env.NODE_COMPILE_CACHE ??= path.join(cacheFolder(), 'compiled')
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
}

/** A line for the person who waits; never on standard output, which belongs to the command. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** Whether a process of this machine is alive. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Takes a lock file for this process; a lock that a dead process left is taken over.
 * @param {string} file
 * @returns {number | undefined} the live process that holds it, or undefined when it is ours now
 */
export function takeLock(file) {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return undefined
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder !== undefined && isAlive(holder)) return holder
    if (holder !== undefined) rmSync(file, { force: true })
  }
}

/**
 * Runs `work` while holding the lock `name` of the cache; waits while another live process holds it.
 * @template T
 * @param {string} name what is being prepared; also the lock's file name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withCacheLock(name, work) {
  const folder = path.join(cacheFolder(), 'locks')
  const lock = path.join(folder, `${name.replaceAll(/[^\w.-]+/g, '-')}.lock`)
  mkdirSync(folder, { recursive: true })
  let told = false
  for (let holder = takeLock(lock); holder !== undefined; holder = takeLock(lock)) {
    if (!told) say(`waiting for process ${holder}, which is getting ${name} …`)
    told = true
    await sleep(250)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** The holder's process id; undefined when the lock is gone or is just being written. */
function readHolder(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    if (pid > 0) return pid
    if (Date.now() - statSync(lock).mtimeMs > 5_000) rmSync(lock, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  return undefined
}
