/** The newest change of a stack by the engine, out of its backend. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { checkBackend } from '../doctor/checks/backend.ts'
import { runEngine } from '../engine/run.ts'
import { siteOf } from '../engine/tenantStack.ts'
import { localFolder, PROJECT } from '../local/folder.ts'
import type { Tenant } from '../stack/tenant.ts'

export interface LastUpdate {
  /** update, refresh, destroy, … */
  kind: string
  /** succeeded, failed, in-progress */
  result: string
  /** ISO 8601, when it ended; when it began while it is under way. */
  at: string
  /** The run of a pipeline, or who asked the backend; null where it says neither. */
  by: string | null
}

type Asked = Pick<Tenant, 'stack' | 'env' | 'served'>

/** As the engine keeps it in a folder, and prints it; source: pulumi/pulumi sdk/go/common/apitype, pkg/backend. */
interface Entry {
  kind: string
  result: string
  startTime: number | string
  endTime?: number | string
  environment?: Record<string, string>
  requestedBy?: { name?: string; githubLogin?: string }
}

const NAME = /-(\d+)\.history\.json(\.gz)?$/

/** Where the backend is a folder, whose files tell; null where it is not, and where the stack was never updated. */
export function lastUpdateInFolder({ stack, env, served }: Asked): LastUpdate | null {
  const backend = served ? localFolder().backend : checkBackend(env).value?.folder
  if (backend === undefined) return null
  const folder = path.join(backend, '.pulumi', 'history', PROJECT, stack)
  if (!existsSync(folder)) return null
  const names = readdirSync(folder).filter((name) => NAME.test(name))
  const age = (name: string) => BigInt(NAME.exec(name)![1]!)
  const [newest] = names.sort((a, b) => (age(a) < age(b) ? 1 : -1))
  if (newest === undefined) return null
  const content = readFileSync(path.join(folder, newest))
  return updateOf(JSON.parse((newest.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')) as Entry)
}

/**
 * Any backend, asked by the engine.
 * @throws when it cannot be reached, or has no such stack
 */
export async function askLastUpdate(tenant: Asked): Promise<LastUpdate | null> {
  const args = ['stack', 'history', '--json', '--page-size', '1', '--stack', tenant.stack]
  const [newest] = JSON.parse(await runEngine(await siteOf(tenant), args)) as Entry[]
  return newest ? updateOf(newest) : null
}

export function updateOf({ kind, result, startTime, endTime, environment = {}, requestedBy }: Entry): LastUpdate {
  // Seconds in a file, text from the command.
  const time = endTime || startTime
  const at = new Date(typeof time === 'number' ? time * 1000 : time).toISOString()
  const by =
    environment['ci.build.url'] || environment['ci.system'] || requestedBy?.githubLogin || requestedBy?.name || null
  return { kind, result, at, by }
}
