/** What is seen of a rollout while it runs: one line a tenant on a terminal, else one for each step. */
import { Listr, type ListrTaskWrapper } from 'listr2'
import { forecastInShort, inShort, type Outcome, type Step, type TenantResult } from './result.ts'
import type { Watch } from './run.ts'

const DOING: Record<Step, string> = {
  read: 'reading its file',
  create: 'making the stack',
  preview: 'previewing',
  forecast: 'forecasting',
  update: 'updating',
  gate: 'waiting for its gate',
}

const WORD: Record<Outcome, string> = {
  updated: 'updated',
  unchanged: 'unchanged',
  previewed: 'previewed',
  failed: 'FAILED',
  refused: 'REFUSED',
  interrupted: 'interrupted',
  notStarted: 'not started',
}

/** `updated: 4 create; forecast: 5 created; 0 in error after …`, with the first line of what went wrong. */
export function outcomeText(result: TenantResult): string {
  const { outcome, earlier, changes, forecast, health, errors } = result
  const wrong = errors[0]?.split('\n')[0]
  const touched = forecast && `forecast: ${forecastInShort(forecast)}`
  const facts = [inShort(changes), touched, wrong ?? health].filter(Boolean).join('; ')
  return `${WORD[outcome]}${earlier ? ' earlier' : ''}${facts ? `: ${facts}` : ''}`
}

type Write = (line: string) => void

export function plainWatch(write: Write): Watch {
  return {
    ring: ({ name, stacks }) => write(`ring ${name}: ${stacks.length} tenants`),
    step: (stack, step) => write(`[${stack}] ${DOING[step]} …`),
    says: () => {},
    ended: (result) => write(`[${result.stack}] ${outcomeText(result)}`),
    ringEnded: async () => {},
  }
}

/** More lines than these would push each other off the screen. */
const MOST_LINES = 40

/** For a terminal. */
export function liveWatch(write: Write): Watch {
  const plain = plainWatch(write)
  const lines = new Map<string, { task?: ListrTaskWrapper<unknown, never, never>; end(result: TenantResult): void }>()
  let shown: Promise<unknown> | undefined
  const titled = (stack: string, text: string) => {
    const { task } = lines.get(stack) ?? {}
    if (task) task.title = `${stack}: ${text}`
  }
  return {
    ring(ring) {
      plain.ring(ring)
      if (ring.stacks.length > MOST_LINES) return
      const tasks = ring.stacks.map((stack) => {
        const ended = new Promise<TenantResult>((end) => lines.set(stack, { end }))
        return {
          title: `${stack}: its turn will come`,
          task: async (_: unknown, task: unknown) => {
            const own = task as ListrTaskWrapper<unknown, never, never>
            lines.set(stack, { ...lines.get(stack)!, task: own })
            const result = await ended
            own.title = `${stack}: ${outcomeText(result)}`
            if (['failed', 'refused', 'interrupted'].includes(result.outcome)) throw new Error(own.title)
            if (result.outcome === 'notStarted' || result.earlier) own.skip()
          },
        }
      })
      const list = new Listr(tasks, {
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions: { collapseErrors: false, showErrorMessage: false },
      })
      shown = list.run().catch(() => {})
    },
    step: (stack, step) => (shown ? titled(stack, `${DOING[step]} …`) : plain.step(stack, step)),
    says: (stack, text) => titled(stack, text),
    ended(result) {
      if (shown) lines.get(result.stack)?.end(result)
      else plain.ended(result)
    },
    async ringEnded() {
      await shown
      shown = undefined
      lines.clear()
    },
  }
}
