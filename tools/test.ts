/**
 * `npm test [-- jest arguments]`: types, lint, then all tests; the end-to-end ones run through the real engine. With
 * arguments only jest runs, with them. The last line is `tests: N passed, N failed, N skipped`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureEngine } from './setup/engine.ts'
import { runAll, runTool } from './steps.ts'

interface JestResults {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numRuntimeErrorTestSuites: number
}

const chosen = process.argv.slice(2)
const engine = await ensureEngine()
console.error(`Pulumi engine: ${engine.command} (${engine.source})`)
const checked = chosen.length > 0 || (await runAll(['types', 'lint']))

const folder = mkdtempSync(path.join(tmpdir(), 'entrada-test-'))
const outputFile = path.join(folder, 'results.json')
const code = await runTool(
  'jest/bin/jest',
  ['--json', `--outputFile=${outputFile}`, '--maxWorkers=100%', ...chosen],
  ['--experimental-vm-modules', '--no-warnings'],
  { ENTRADA_ENGINE: engine.command },
)
const results = JSON.parse(readFileSync(outputFile, 'utf8')) as JestResults
rmSync(folder, { recursive: true, force: true })

const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (checked ? 0 : 1)
process.exitCode = code === 0 && failed === 0 && results.numPassedTests > 0 ? 0 : 1
console.log(`tests: ${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped`)
