import { styleText } from 'node:util'
import type { Finding, State } from './finding.ts'

export interface Group {
  /** Undefined for what is of the machine and no stack. */
  stack?: string
  findings: Finding[]
}

export type Counts = Record<State, number>

export function countStates(groups: readonly Group[]): Counts {
  const counts: Counts = { ok: 0, warning: 0, problem: 0, notChecked: 0 }
  for (const { findings } of groups) for (const { state } of findings) counts[state] += 1
  return counts
}

const LABELS: Record<State, string> = { ok: 'ok', warning: 'warning', problem: 'problem', notChecked: 'not checked' }
const COLOURS = { ok: 'green', warning: 'yellow', problem: 'red', notChecked: 'gray' } as const
const STATE_WIDTH = 13
const CHECK_WIDTH = 13

/** @param coloured whether a person looks at a terminal */
export function formatGroup({ stack, findings }: Group, coloured: boolean): string {
  const paint = (state: State, text: string) =>
    coloured ? styleText(COLOURS[state], text, { validateStream: false }) : text
  const lines = findings.flatMap(({ state, check, seen, fix }) => {
    const head = `  ${paint(state, LABELS[state].padEnd(STATE_WIDTH))}${check.padEnd(CHECK_WIDTH)}${seen}`
    return fix === undefined ? [head] : [head, `${' '.repeat(2 + STATE_WIDTH + CHECK_WIDTH)}→ ${fix}`]
  })
  return [stack === undefined ? 'this machine' : `stack ${stack}`, ...lines, ''].join('\n')
}

export function formatSummary(counts: Counts): string {
  const { problem, warning, notChecked, ok } = counts
  return `problems ${problem}, warnings ${warning}, not checked ${notChecked}, ok ${ok}`
}

const NAMES = /(SECRET|TOKEN|PASSWORD|PASSPHRASE|CERTIFICATE|_KEY|CONNECTION_STRING)$/
const SHORTEST = 6

/** Takes out what the environment holds in secret: an answer from elsewhere may repeat it. */
export function withoutSecrets<T>(value: T, env: Record<string, string | undefined>): T {
  const secrets = Object.entries(env).flatMap(([name, text]) =>
    text !== undefined && text.length >= SHORTEST && NAMES.test(name) ? [text] : [],
  )
  const clean = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
  return JSON.parse(JSON.stringify(value), (_, item) => (typeof item === 'string' ? clean(item) : item)) as T
}
