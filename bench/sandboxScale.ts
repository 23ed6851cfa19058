import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seconds } from './measure.ts'
import type { Scale } from './sandboxScale/measure.ts'

const SIZES = [10_000, 50_000, 100_000]
const PROGRAM = new URL('./sandboxScale/measure.ts', import.meta.url).pathname

/** The provisioning service alone, by size of the company, towards a target that costs next to nothing. */
export async function sandboxScale(): Promise<string[]> {
  const lines = []
  for (const users of SIZES) {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-scale-'))
    try {
      const first = await measured(['cycles', folder, String(users)])
      const again = await measured(['reopen', folder])
      const perThousand = (first.initialMs / first.created) * 1000
      lines.push(
        `${users} users: first cycle ${seconds(perThousand)} per 1,000 users; incremental with 10 changes ${seconds(first.incrementalMs)}, ${first.mebibytes} MiB; opened again in ${seconds(again.openMs)}, ${again.mebibytes} MiB`,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return lines
}

/** In a process of its own, so that its memory is its own. */
function measured(args: string[]): Promise<Scale> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`${args.join(' ')}: exit code ${code}`)),
    )
  })
}
