/** The client secret, from a person or a program; it is never shown, nor on a command line. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** What a program writes to stdin, without the line's end. */
export async function secretFromStdin(): Promise<string> {
  const secret = (await text(process.stdin)).replace(/\r?\n$/, '')
  if (secret === '') throw new Error('--secret-stdin was given, and stdin is empty')
  return secret
}

/** Asks without echo; undefined for an empty answer, and where there is no terminal. */
export async function askSecret(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  const answer = await terminal.question('')
  terminal.close()
  process.stderr.write('\n')
  return answer.trim() === '' ? undefined : answer.trim()
}
