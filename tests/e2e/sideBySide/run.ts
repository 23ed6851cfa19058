/**
 * Many programs at once in one process, each on a stack with settings of its own; one throws, one leaves a promise rejected
 * behind. Prints, by stack, what went wrong; the stacks' outputs are in the backend.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as pulumi from '@pulumi/pulumi'
import { initStack, updateAttached } from '../../../cli/engine/attached.ts'
import { writeProject } from '../../../cli/engine/project.ts'
import { engineEnvironment } from '../../../cli/local/environment.ts'
import { localFolder, prepareFolder } from '../../../cli/local/folder.ts'
import { ensureEngine } from '../../../tools/setup/engine.ts'

const stacks = process.argv.slice(2)
const folder = localFolder()
prepareFolder(folder)
const { command: engine } = await ensureEngine()

/** All have begun before any goes on. */
let waiting = stacks.length
let release = () => {}
const together = new Promise<void>((resolve) => (release = resolve))

async function program(env: Record<string, string>): Promise<Record<string, unknown>> {
  const before = pulumi.runtime.allConfig()
  if (--waiting === 0) release()
  await together
  if (pulumi.getStack() === 'rejects') void Promise.reject(new Error('left behind'))
  if (pulumi.getStack() === 'throws') throw new Error('thrown')
  await sleep(200)
  const after = pulumi.runtime.allConfig()
  return {
    stack: pulumi.getStack(),
    own: env.OWN,
    before: before['entrada:displayName'],
    after: after['entrada:displayName'],
  }
}

const sites = stacks.map((stack) => {
  const workDir = path.join(folder.path, 'workspaces', stack)
  mkdirSync(workDir, { recursive: true })
  writeProject(workDir)
  writeFileSync(
    path.join(workDir, `Pulumi.${stack}.yaml`),
    JSON.stringify({ config: { 'entrada:displayName': stack } }),
  )
  return { stack, workDir, env: { ...engineEnvironment(folder, engine), OWN: stack }, engine }
})
for (const site of sites) await initStack(site)
const runs = await Promise.all(sites.map((site) => updateAttached(site, { program })))
console.log(JSON.stringify(Object.fromEntries(runs.map(({ errors }, index) => [stacks[index], errors]))))
process.exit()
