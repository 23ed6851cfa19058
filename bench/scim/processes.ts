import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) return line
  throw new Error(`${child.spawnfile} ended before it was ready`)
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await new Promise((resolve) => child.once('exit', resolve))
}

/** Resident memory of the processes and all they started, in MiB; from /proc, so Linux only. */
export function memoryOf(pids: number[]): number {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    parents.set(Number(entry), Number(/PPid:\s+(\d+)/.exec(status(entry))?.[1] ?? 0))
  }
  const isOurs = (pid: number): boolean => pids.includes(pid) || (pid > 1 && isOurs(parents.get(pid) ?? 0))
  const kilobytes = [...parents.keys()]
    .filter(isOurs)
    .map((pid) => Number(/VmRSS:\s+(\d+)/.exec(status(String(pid)))?.[1] ?? 0))
  return Math.round(kilobytes.reduce((sum, each) => sum + each, 0) / 1024)
}

function status(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
