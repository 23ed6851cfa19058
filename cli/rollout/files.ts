/** Files that a report is written to: there must be room for them before anything is done. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UsageError } from './usage.ts'

/**
 * Makes the folder of a file.
 * @param option that names the file, e.g. `--html`
 * @throws UsageError where no such file can be written
 */
export function makeRoom(option: string, file: string | undefined): void {
  if (file === undefined) return
  try {
    mkdirSync(path.dirname(file), { recursive: true })
  } catch (error) {
    throw new UsageError(`${option} is '${file}': its folder cannot be made (${(error as Error).message})`)
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${option} is '${file}', a folder: name a file`)
}

/** What the report tells has been done already: a file that cannot be written is told, and no more. */
export function keepReport(option: string, file: string, text: string, say: (text: string) => void): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    say(`warning: the report for ${option} could not be written: ${(error as Error).message}`)
  }
}
