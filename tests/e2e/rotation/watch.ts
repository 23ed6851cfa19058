/** What goes on while secrets are replaced: cycles without a pause, and what lists of processes show. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tenant } from '../harness.ts'

export interface Cycles {
  /** States of those that have ended. */
  readonly states: string[]
  /** Resolves when a cycle that begins after this call has ended. */
  another(): Promise<void>
  stop(): Promise<void>
}

/** Runs one cycle after the other; one that cannot be run counts as failed, with the reason. */
export function runCycles(tenant: Tenant, jobId: string): Cycles {
  const states: string[] = []
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      const state = await tenant
        .control<{ state: string }>('/cycle', { method: 'POST', body: { jobId } })
        .then((cycle) => cycle.state, String)
      states.push(state)
    }
  })()
  return {
    states,
    async another() {
      const wanted = states.length + 2
      while (states.length < wanted) await sleep(20)
    },
    async stop() {
      stopped = true
      await running
    },
  }
}

/** Command lines of all processes of this machine that were seen until it is stopped. */
export function watchCommandLines(): { stop(): Promise<string> } {
  const seen = new Set<string>()
  let stopped = false
  const watching = (async () => {
    while (!stopped) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) seen.add(commandLine(pid))
      await sleep(15)
    }
  })()
  return {
    async stop() {
      stopped = true
      await watching
      return [...seen].join('\n')
    },
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
