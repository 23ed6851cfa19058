import { createInterface } from 'node:readline/promises'
import { whoRuns } from './alone.ts'
import type { PlannedRing } from './plan.ts'

export type Answer = { by: string } | { refused: string }

/** Asks on the terminal; without one nobody can say yes, and the rollout can be gone on with later. */
export async function askForRing(
  { name, stacks }: Pick<PlannedRing, 'name' | 'stacks'>,
  { yes, signal }: { yes: boolean; signal: AbortSignal },
  { input, output }: { input: NodeJS.ReadStream; output: NodeJS.WriteStream } = {
    input: process.stdin,
    output: process.stderr,
  },
): Promise<Answer> {
  if (yes) return { by: `${whoRuns()}, by --yes` }
  const waits = `ring ${name} waits for approval`
  if (!input.isTTY) {
    return { refused: `${waits}: run the same command on a terminal, or with --yes, and it goes on from here` }
  }
  const reader = createInterface({ input, output })
  // On a terminal in its hands Ctrl-C is a key, and Ctrl-D ends the input without an answer.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
  const question = `${waits} (${stacks.length} tenants: ${stacks.join(', ')}). Go on? [y/N] `
  try {
    const answer = await Promise.race([reader.question(question, { signal }), closed])
    return /^y(es)?$/i.test(answer.trim()) ? { by: whoRuns() } : { refused: `ring ${name} was not approved` }
  } catch (error) {
    if (signal.aborted) return { refused: 'interrupted' }
    throw error
  } finally {
    reader.close()
  }
}
