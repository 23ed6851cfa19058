import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run, startTenant } from '../tests/e2e/harness.ts'
import { root } from '../tools/setup/node.mjs'
import { seconds, versus } from './measure.ts'

const ROUNDS = 5

/** An `up` that changes nothing, against the `up` of a program without resources. */
export async function unchangedUp(): Promise<string[]> {
  const tenant = await startTenant()
  try {
    const empty = path.join(tenant.folder.path, 'empty')
    mkdirSync(empty)
    const program = path.join(root, 'bench', 'emptyProgram.ts')
    const project = {
      name: 'empty',
      runtime: { name: 'nodejs', options: { typescript: false } },
      main: path.relative(empty, program),
    }
    writeFileSync(path.join(empty, 'Pulumi.yaml'), JSON.stringify(project))
    const pulumi = (...args: string[]) => run(tenant.engine, [...args, '--non-interactive'], empty, tenant.env)
    const outcomes = [
      await pulumi('stack', 'init', 'empty'),
      await pulumi('up', '--yes', '--skip-preview'),
      await tenant.up(),
    ]
    for (const { code, text } of outcomes) if (code !== 0) throw new Error(text)
    const { ours, peer } = await versus(
      ROUNDS,
      () => tenant.up(),
      () => pulumi('up', '--yes', '--skip-preview'),
    )
    return [
      `unchanged up of the local stack: ${seconds(ours)}; of an empty program: ${seconds(peer)}; difference ${seconds(ours - peer)}`,
    ]
  } finally {
    await tenant.stop()
  }
}
