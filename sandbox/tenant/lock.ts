import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Claim a data folder for this process. The lock of a process that has died is taken over.
 * @returns gives the folder free again
 * @throws when a living process holds it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return () => unlinkSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = Number(readFileSync(path, 'utf8'))
      if (isAlive(holder)) {
        throw new Error(
          `The data folder ${folder} is in use by process ${holder}. Stop that sandbox, or name another folder with --data.`,
        )
      }
      unlinkSync(path)
    }
  }
  throw new Error(`The data folder ${folder} is being claimed by another process. Try again.`)
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
