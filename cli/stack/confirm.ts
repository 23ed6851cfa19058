import { createInterface } from 'node:readline/promises'

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
