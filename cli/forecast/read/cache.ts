/**
 * What was read of a directory, kept so that a rerun asks only for changes. It holds personal data: files that only
 * their owner can read, in a folder that is removed with the clone's other state.
 */
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  type WriteStream,
} from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

const VERSION = 1

export interface Header {
  version: number
  /** Delta links to go on from. */
  links: string[]
}

export interface Kept {
  header: Header
  /** The objects, one a line as JSON. */
  lines: AsyncIterable<string>
}

/** Lines are written as they come, and take the place of what was kept once `finish` is called. */
export interface Writer {
  /** @returns a promise where the disk has to be waited for */
  write(line: string): Promise<void> | undefined
  finish(): Promise<void>
}

export class DirectoryCache {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param of everything that decides what is read: tenant, properties, ids */
  async open(of: readonly string[]): Promise<Kept | undefined> {
    const file = this.#file(of)
    if (!existsSync(file)) return undefined
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })[
      Symbol.asyncIterator
    ]()
    const { value } = await lines.next()
    const header = headerOf(value as string | undefined)
    return header && { header, lines }
  }

  writer(of: readonly string[], links: string[]): Writer {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const file = this.#file(of)
    const stream = createWriteStream(`${file}.new`, { mode: 0o600 })
    // A full disk costs the cache, not the forecast.
    let failed = false
    stream.on('error', () => {
      failed = true
    })
    const header: Header = { version: VERSION, links }
    let pending = `${JSON.stringify(header)}\n`
    return {
      write(line) {
        pending += `${line}\n`
        if (pending.length < 65_536) return undefined
        const isRoom = stream.write(pending)
        pending = ''
        return isRoom || failed ? undefined : drained(stream)
      },
      async finish() {
        await new Promise<void>((resolve) => {
          stream.once('close', resolve)
          stream.end(pending)
        })
        if (failed) rmSync(`${file}.new`, { force: true })
        else renameSync(`${file}.new`, file)
      },
    }
  }

  #file(of: readonly string[]): string {
    const name = createHash('sha256').update(of.join('\n')).digest('hex').slice(0, 24)
    return path.join(this.#folder, `${name}.ndjson`)
  }
}

const drained = (stream: WriteStream): Promise<void> =>
  new Promise((resolve) => {
    for (const event of ['drain', 'close']) stream.once(event, () => resolve())
  })

function headerOf(line: string | undefined): Header | undefined {
  try {
    const header = JSON.parse(line ?? '') as Header
    return header.version === VERSION && Array.isArray(header.links) ? header : undefined
  } catch {
    return undefined
  }
}
