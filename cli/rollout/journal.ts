/** What a rollout has done so far, on disk before it goes on: whoever is killed is gone on with. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import type { JobFacts } from './jobFacts.ts'
import type { TenantResult } from './result.ts'

/** One line of the journal. */
export type Entry =
  | { kind: 'begin'; at: string; id: string; by: string; pid: number; commit: string; stacks: string[] }
  | { kind: 'resume'; at: string; by: string; pid: number; commit: string }
  /** `hashes`: what was approved, by stack. */
  | { kind: 'approved'; at: string; ring: string; by: string; hashes: Record<string, string> }
  /** Before the engine may write: whoever is killed from here on may have changed the tenant. */
  | { kind: 'updating'; at: string; stack: string; hash: string }
  /** All is written; the gate is still to come, and wants a cycle that began after `since`, milliseconds since the epoch. */
  | { kind: 'updated'; at: string; hash: string; result: TenantResult; facts: JobFacts | undefined; since: number }
  | { kind: 'result'; at: string; hash: string; result: TenantResult }
  | { kind: 'end'; at: string; outcome: string }

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

export class JournalError extends Error {
  override readonly name = 'JournalError'
}

export class Journal {
  readonly file: string
  readonly #clean: (text: string) => string
  #fd: number | undefined

  /** @param clean takes secrets out of a line */
  constructor(file: string, clean: (text: string) => string) {
    this.file = file
    this.#clean = clean
  }

  /**
   * On disk when it returns.
   * @throws JournalError when the disk does not take it: what is not written here would be done twice
   */
  write(entry: Unstamped<Entry>): void {
    const line = `${this.#clean(JSON.stringify({ at: new Date().toISOString(), ...entry }))}\n`
    try {
      if (this.#fd === undefined) {
        mkdirSync(path.dirname(this.file), { recursive: true })
        const torn = isTorn(this.file)
        this.#fd = openSync(this.file, 'a', 0o600)
        if (torn) writeSync(this.#fd, '\n')
      }
      writeSync(this.#fd, line)
      fsyncSync(this.#fd)
    } catch (error) {
      throw new JournalError(
        `the journal ${this.file} cannot be written (${(error as Error).message}): make room and run the same command again; it goes on from here`,
      )
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

/** Whether its last line is one that a killed process left unfinished. */
function isTorn(file: string): boolean {
  if (!existsSync(file)) return false
  const fd = openSync(file, 'r')
  try {
    const last = Buffer.alloc(1)
    const { size } = fstatSync(fd)
    return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
  } finally {
    closeSync(fd)
  }
}

/** Entries in order; a line that was being written when its process was killed is left out. */
export function readJournal(file: string): Entry[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Entry]
      } catch {
        return []
      }
    })
}

export const journalFile = (folder: string, id: string): string => path.join(folder, id, 'journal.ndjson')

/** The newest first, each read when it is asked for. */
export function* readJournals(folder: string): Generator<{ id: string; entries: Entry[] }> {
  const ids = existsSync(folder) ? readdirSync(folder).sort().reverse() : []
  for (const id of ids) {
    const entries = readJournal(journalFile(folder, id))
    if (entries.length > 0) yield { id, entries }
  }
}
