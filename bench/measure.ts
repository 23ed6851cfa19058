import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds that `work` took. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Runs both by turns, so that a disturbance of the machine meets both; medians in milliseconds. */
export async function versus(
  rounds: number,
  ours: () => Promise<unknown>,
  peer: () => Promise<unknown>,
): Promise<{ ours: number; peer: number }> {
  const times = { ours: [] as number[], peer: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    times.peer.push(await time(peer))
    times.ours.push(await time(ours))
  }
  return { ours: median(times.ours), peer: median(times.peer) }
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}

/** Runs to the end, or to the first line of output, which then ends it. */
export async function spawned(
  command: string,
  args: string[],
  until: 'exit' | 'firstLine',
  cwd?: string,
): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', until === 'firstLine' ? 'pipe' : 'ignore', 'inherit'] })
  if (until === 'firstLine') await new Promise((resolve) => child.stdout?.once('data', resolve))
  else await exited(child)
  child.kill('SIGKILL')
  if (until === 'firstLine') await exited(child)
}

function exited(child: ChildProcess): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : Promise.resolve()
}

/**
 * Peak resident memory by process while `work` runs, from /proc (Linux only; empty elsewhere).
 * @param name says what a command line is, or nothing for a process that is not ours
 * @returns mebibytes by name
 */
export async function peakMemory(
  name: (commandLine: string) => string | undefined,
  work: () => Promise<unknown>,
): Promise<Map<string, number>> {
  const peaks = new Map<string, number>()
  const sample = () => {
    for (const pid of processes()) {
      const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
      const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
      const label = name(command)
      if (label) peaks.set(label, Math.max(peaks.get(label) ?? 0, Math.round(kilobytes / 1024)))
    }
  }
  const timer = setInterval(sample, 25)
  try {
    await work()
    sample()
  } finally {
    clearInterval(timer)
  }
  return peaks
}

export function processes(): string[] {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  } catch {
    return []
  }
}

export function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
