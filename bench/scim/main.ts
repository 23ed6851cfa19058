import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { groupSizes } from './data.ts'
import { type Measured, measure, operations, type Target } from './load.ts'
import { startOurs } from './ours.ts'
import { startDjango, startScimmy } from './peers.ts'

const secondsEach = 5

/** The SCIM service beside its peers, the same people and requests; 10,000 and 100,000 users. */
export async function scim(): Promise<string[]> {
  const lines: string[] = []
  for (const users of [10_000, 100_000]) {
    lines.push(...(await compare(users, ['PostgreSQL', 'PGlite', 'scimmy', 'django'])), '')
  }
  return lines
}

/** The SCIM service alone, with a million users in PostgreSQL: no peer holds as many. */
export async function scimMillion(): Promise<string[]> {
  return await compare(1_000_000, ['PostgreSQL'])
}

type Which = 'PostgreSQL' | 'PGlite' | 'scimmy' | 'django'

async function compare(users: number, which: Which[]): Promise<string[]> {
  const results = new Map<string, Map<string, Measured | undefined>>()
  const memory: string[] = []
  for (const each of which) {
    const folder = mkdtempSync(path.join(tmpdir(), 'entrada-bench-'))
    const target = await start(each, users, folder)
    if (target) {
      const before = target.memory()
      results.set(target.name, await all(target, users))
      memory.push(`${target.name} ${before} before, ${target.memory()} after`)
      await target.stop()
    } else console.error(`  ${each} cannot be installed here and is left out`)
    rmSync(folder, { recursive: true, force: true })
  }
  return [
    `${users.toLocaleString('en')} users, groups of ${groupSizes(users)
      .map((size) => size.toLocaleString('en'))
      .join(', ')}; requests a second, p50 / p99 in ms`,
    ...table(results),
    `memory of the service, MiB: ${memory.join('; ')}`,
  ]
}

function start(which: Which, users: number, folder: string): Promise<Target | undefined> {
  console.error(`  ${which}, ${users.toLocaleString('en')} users`)
  if (which === 'scimmy') return startScimmy(users)
  return which === 'django' ? startDjango(users, folder) : startOurs(which, users, folder)
}

async function all(target: Target, users: number): Promise<Map<string, Measured | undefined>> {
  const measured = new Map<string, Measured | undefined>()
  for (const operation of operations(users)) {
    const result = await measure(target, operation, secondsEach)
    console.error(`    ${operation.name}: ${cell(result)}`)
    measured.set(operation.name, result)
  }
  return measured
}

function table(results: Map<string, Map<string, Measured | undefined>>): string[] {
  const targets = [...results.keys()]
  const operationNames = [...(results.values().next().value?.keys() ?? [])]
  const rows = [
    ['', ...targets],
    ...operationNames.map((name) => [name, ...targets.map((target) => cell(results.get(target)!.get(name)))]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

function cell(result: Measured | undefined): string {
  if (!result) return 'not offered'
  if (result.failures > 0 && result.failures >= result.answers / 2) return 'refused'
  const rate = result.perSecond >= 10 ? result.perSecond.toFixed(0) : result.perSecond.toFixed(2)
  return `${rate}/s  ${number(result.p50)} / ${number(result.p99)}${result.failures > 0 ? `  (${result.failures} failed)` : ''}`
}

const number = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 100 ? 1 : 0)
