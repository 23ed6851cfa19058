import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import { render } from './render.ts'
import type { Run } from './runProgram.ts'

/** `UPDATE_GOLDENS=1` writes what the program registers now; the difference is then reviewed like code. */
const update = process.env.UPDATE_GOLDENS === '1'

/** Compares all that a run registered with what was reviewed as `<name>.golden.json`. */
export function expectGolden(name: string, run: Run): void {
  const golden = new URL(`${name}.golden.json`, import.meta.url)
  const registered = render(run)
  if (update) writeFileSync(golden, `${JSON.stringify(registered, null, 2)}\n`)
  expect(registered).toEqual(JSON.parse(readFileSync(golden, 'utf8')))
}
