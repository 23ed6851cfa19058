import { missesPermission } from '../../provider/graph/client.ts'
import type { Finding, Result, Said } from './finding.ts'

/** A check that is under way or done; its value is what others need of it. */
export interface Step<T> {
  name: string
  result: Promise<Result<T>>
}

type Values<N> = { [K in keyof N]: N[K] extends Step<infer T> ? T : never }

/** Checks side by side, each as soon as what it needs is there, and their findings in the order they were written down. */
export class Sheet {
  readonly #steps: Step<unknown>[] = []
  readonly #limitMs: number

  /** @param limitMs milliseconds that one check may take */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** @param run its signal aborts when the time is over; what it throws is a problem */
  check<T, N extends Record<string, Step<unknown>>>(
    name: string,
    needs: N,
    run: (values: Values<N>, signal: AbortSignal) => Promise<Result<T>> | Result<T>,
  ): Step<T> {
    const step: Step<T> = { name, result: this.#make(needs, run) }
    this.#steps.push(step)
    return step
  }

  async findings(): Promise<Finding[]> {
    const all = await Promise.all(this.#steps.map(async ({ name, result }) => ({ name, said: (await result).said })))
    return all.flatMap(({ name, said }) => said.map((one) => ({ check: name, ...one })))
  }

  async #make<T, N extends Record<string, Step<unknown>>>(
    needs: N,
    run: (values: Values<N>, signal: AbortSignal) => Promise<Result<T>> | Result<T>,
  ): Promise<Result<T>> {
    const values: Record<string, unknown> = {}
    for (const [key, step] of Object.entries(needs)) {
      const { value } = await step.result
      if (value === undefined) return { said: [{ state: 'notChecked', seen: `needs: ${step.name}` }] }
      values[key] = value
    }
    return this.#limited((signal) => run(values as Values<N>, signal))
  }

  async #limited<T>(run: (signal: AbortSignal) => Promise<Result<T>> | Result<T>): Promise<Result<T>> {
    const abort = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<Result<T>>((resolve) => {
      timer = setTimeout(() => {
        resolve({ said: [overdue(this.#limitMs)] })
        abort.abort(new Error('the check took too long'))
      }, this.#limitMs)
    })
    const made = (async () => run(abort.signal))().catch((error: Error): Result<T> => ({ said: [failure(error)] }))
    return Promise.race([made, tooLong]).finally(() => clearTimeout(timer))
  }
}

/** What is known without a check. */
export function given<T>(name: string, value: T): Step<T> {
  return { name, result: Promise.resolve({ said: [], value }) }
}

function overdue(limitMs: number): Said {
  return {
    state: 'problem',
    seen: `there was no answer within ${limitMs / 1000} s`,
    fix: 'check the network and the proxy, or give each check longer: --timeout',
  }
}

/** What a permission is missing for is said where permissions are looked at. */
function failure(error: Error): Said {
  const [seen = '', ...rest] = error.message.split('\n')
  if (missesPermission(error)) {
    return { state: 'notChecked', seen: `the caller may not ask: ${error.method} ${error.path.split('?')[0]}` }
  }
  return { state: 'problem', seen, fix: rest.join(' ').trim() || 'run the command again, and look at the network' }
}
