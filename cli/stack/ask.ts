/** What a person types: on a terminal, and a secret unseen. */

import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'

export type Terminal = Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown }

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE = ['\u007f', '\b']

/**
 * One line that is not shown while it is typed.
 * @throws when the input ends or is interrupted before the line does
 */
export function askUnseen(question: string, input: Terminal, output: Writable): Promise<string> {
  output.write(`${question}: `)
  input.setRawMode?.(true)
  input.setEncoding('utf8')
  let typed = ''
  return new Promise<string>((resolve, reject) => {
    const finish = (settle: () => void) => {
      input.off('data', take)
      input.setRawMode?.(false)
      input.pause()
      output.write('\n')
      settle()
    }
    const take = (text: string) => {
      for (const key of text) {
        if (ENTER.test(key)) return finish(() => resolve(typed))
        if (key === INTERRUPT || key === END) return finish(() => reject(new Error('nothing was changed: interrupted')))
        typed = ERASE.includes(key) ? typed.slice(0, -1) : typed + key
      }
    }
    input.on('data', take)
    input.once('end', () => finish(() => reject(new Error('nothing was changed: the input ended'))))
    input.resume()
  })
}

/** All that comes on the input, without the line's end. */
export async function readAll(input: Readable): Promise<string> {
  let text = ''
  for await (const chunk of input.setEncoding('utf8')) text += chunk
  return text.replace(/\r?\n$/, '')
}

/**
 * Goes on only after a yes.
 * @param why what a person has to agree to, for the error where nobody can be asked
 * @throws when the answer is no, or there is no terminal
 */
export async function confirm(question: string, why: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Error(`${why}: say --yes where nobody can be asked`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${question} (y/N) `)
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('nothing was done')
}
