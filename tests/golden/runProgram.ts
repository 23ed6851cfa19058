import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { azureAnswer } from '../azure/outputs.ts'
import type { EngineConfig } from './engineConfig.ts'
import { providerOutputs } from './providerOutputs.ts'
import { type RecordingEngine, startRecordingEngine } from './recordingEngine.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const runner = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run')

export interface Run extends Pick<RecordingEngine, 'registrations' | 'outputs' | 'calls' | 'errors'> {
  exitCode: number | null
  /** All that the program's process wrote. */
  printed: string
}

/** Runs a real program, by default the one of the stacks, as a language host does, against a recording engine. */
export async function runProgram(
  stack: string,
  config: EngineConfig,
  env: Record<string, string>,
  { program = 'index.ts', options = [] }: { program?: string; options?: string[] } = {},
): Promise<Run> {
  const engine = await startRecordingEngine(providerOutputs, azureAnswer as never)
  const { address } = engine
  const place = ['--monitor', address, '--engine', address, '--project', 'entrada', '--stack', stack]
  const folders = ['--pwd', root, '--root-directory', root]
  const child = spawn(
    process.execPath,
    ['--no-warnings', runner, ...place, ...folders, ...options, `${root}/${program}`],
    {
      env: {
        PATH: process.env.PATH,
        PULUMI_CONFIG: JSON.stringify(config.values),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  const [exitCode] = await once(child, 'close')
  engine.close()
  const { registrations, outputs, calls, errors } = engine
  return { registrations, outputs, calls, errors, exitCode, printed }
}
