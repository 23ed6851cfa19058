import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'

/** One write: collection, key, value (null: deleted), and the directory change that came with it. */
export interface Write {
  c: string
  k: string
  v: unknown
  r?: number
  /** Id the change is filed under, where it is not the key: the service principal of an assignment. */
  o?: string
  /** What the change touches. */
  t?: readonly string[]
}

const CHUNK = 8 * 1024 * 1024

/**
 * An append-only file of JSON lines; a line holds the writes of one batch and so is applied whole or not at all. A
 * line is handed to the system before `append` returns: it survives the death of the process, not of the machine.
 */
export class Journal {
  #file: number

  private constructor(file: number) {
    this.#file = file
  }

  static open(path: string): Journal {
    return new Journal(openSync(path, 'a', 0o600))
  }

  append(writes: Write[]): void {
    writeFully(this.#file, Buffer.from(`${JSON.stringify(writes)}\n`))
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Read a journal from its start; a torn last line, left by a process that died while writing it, is cut off. */
export async function replay(path: string, apply: (write: Write) => void): Promise<void> {
  if (!existsSync(path)) return
  cutTornLine(path)
  let rest: Buffer[] = []
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    let from = 0
    const bytes = chunk as Buffer
    for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
      rest.push(bytes.subarray(from, end))
      for (const write of JSON.parse(Buffer.concat(rest).toString('utf8')) as Write[]) apply(write)
      rest = []
      from = end + 1
    }
    rest.push(bytes.subarray(from))
  }
}

/** Put a journal in the place of another: the old one stays whole until the new one is on disk. */
export function rewrite(path: string, writes: Iterable<Write>): void {
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', 0o600)
  let lines: string[] = []
  const flush = () => {
    if (lines.length > 0) writeFully(file, Buffer.from(lines.join('')))
    lines = []
  }
  for (const write of writes) {
    lines.push(`${JSON.stringify([write])}\n`)
    if (lines.length === 1000) flush()
  }
  flush()
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
}

function writeFully(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

function cutTornLine(path: string): void {
  const file = openSync(path, 'r+')
  try {
    const size = fstatSync(file).size
    const window = Buffer.alloc(64 * 1024)
    let position = size
    while (position > 0) {
      const from = Math.max(0, position - window.length)
      const length = readSync(file, window, 0, position - from, from)
      const newline = window.subarray(0, length).lastIndexOf(10)
      if (newline >= 0) {
        if (from + newline + 1 < size) ftruncateSync(file, from + newline + 1)
        return
      }
      position = from
    }
    ftruncateSync(file, 0)
  } finally {
    closeSync(file)
  }
}
