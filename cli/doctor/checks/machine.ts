/** What is on this machine: engine and Node. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findEngine } from '../../../tools/setup/engine.ts'
import { isCurrent, versions } from '../../../tools/setup/node.mjs'
import { ok, type Result, warning } from '../finding.ts'

export function judgeEngine(found: Awaited<ReturnType<typeof findEngine>>): Result<string> {
  if ('tried' in found) {
    return warning(
      `there is no Pulumi engine ${versions.pulumi} or newer yet (${found.tried.join('; ')})`,
      'npm run pulumi -- version gets it: the official download, else built from its Go modules; or install it, https://www.pulumi.com/docs/install/',
    )
  }
  return ok(`Pulumi ${found.version} (${found.source}: ${found.command})`, found.command)
}

export const checkEngine = async () => judgeEngine(await findEngine())

/** @param onPath version of the `node` that the engine finds; undefined when there is none */
export function judgeNode(own: string, onPath: string | undefined): Result {
  if (onPath !== undefined && isCurrent(onPath)) return ok(`Node ${onPath}`)
  return warning(
    `this runs on Node ${own}, but the node on PATH is ${onPath ?? 'missing'}`,
    'npm run pulumi finds the right one by itself; for pulumi called directly put Node 22.19 or newer on PATH',
  )
}

export async function checkNode(): Promise<Result> {
  const { stdout } = await promisify(execFile)('node', ['--version']).catch(() => ({ stdout: '' }))
  return judgeNode(process.versions.node, stdout.trim().replace(/^v/, '') || undefined)
}
