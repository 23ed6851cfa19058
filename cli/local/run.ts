import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { takeLock } from '../../tools/setup/cache.mjs'
import { type LocalFolder, prepareFolder } from './folder.ts'

/** Runs `work` as the only one in this clone's `.entrada`. */
export async function alone<T>(folder: LocalFolder, work: () => Promise<T>): Promise<T> {
  prepareFolder(folder)
  const lock = path.join(folder.path, 'run.lock')
  const holder = takeLock(lock)
  if (holder !== undefined) {
    throw new Error(
      `this clone's local stack is in use by process ${holder}: stop it (Ctrl-C where it runs, or kill ${holder}) and run the same command again`,
    )
  }
  try {
    return await work()
  } finally {
    if (existsSync(folder.services)) rmSync(folder.services)
    rmSync(lock, { force: true })
  }
}
