import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { root } from './setup/node.mjs'

const require = createRequire(import.meta.url)

const steps = {
  types: { title: 'types', tool: 'typescript/bin/tsc', args: ['--noEmit'] },
  lint: { title: 'format and lint', tool: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings'] },
} as const

/** @returns whether all passed; each is run even when one before it failed */
export async function runAll(names: readonly (keyof typeof steps)[]): Promise<boolean> {
  let passed = true
  for (const name of names) {
    const { title, tool, args } = steps[name]
    const code = await runTool(tool, [...args])
    console.error(`${title}: ${code === 0 ? 'passed' : 'failed'}`)
    passed &&= code === 0
  }
  return passed
}

/** Runs a package's command on this Node; resolves to its exit code. */
export function runTool(
  tool: string,
  args: string[],
  flags: string[] = [],
  env: Record<string, string> = {},
): Promise<number> {
  const child = spawn(process.execPath, [...flags, require.resolve(tool), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
