/** The sandbox tenant and the SCIM service as child processes, which end with this process however it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { isAlive } from '../../tools/setup/cache.mjs'
import { root } from '../../tools/setup/node.mjs'
import { type LocalFolder, secretFile, writeWhole } from './folder.ts'

export interface SandboxReady {
  metadataHost: string
  login: string
  graph: string
  portal: string
  control: string
  caFile: string
  tenantId: string
  clientId: string
  clientSecret: string
}

export interface ScimReady {
  tenantUrl: string
  tokenEndpoint: string
  adminUrl: string
  apiUrl: string
}

/** Where both are, and with what they are entered. */
export interface ServiceAddresses {
  sandbox: SandboxReady
  scim: ScimReady & { adminToken: string }
}

/** What a process that serves the local stack leaves for other commands, in a file that goes with it. */
export interface RunningServices extends ServiceAddresses {
  pid: number
}

/** Those of the process that serves just now; undefined when there is none, or it was killed. */
export function runningServices(folder: LocalFolder): RunningServices | undefined {
  if (!existsSync(folder.services)) return undefined
  const running = JSON.parse(readFileSync(folder.services, 'utf8')) as RunningServices
  return isAlive(running.pid) ? running : undefined
}

export interface Services extends ServiceAddresses {
  /** Process ids. */
  pids: { sandbox: number; scim: number }
  /** Both end gracefully. */
  stop(): Promise<void>
  /** Rejects when one of them ends by itself. */
  failed: Promise<never>
}

type Ports = { sandbox?: number; scim?: number }

/**
 * Starts both side by side on the ports of the last run, since addresses are part of what is configured.
 * @param users size of the sandbox's directory when it is first made
 */
export async function startServices(
  folder: LocalFolder,
  options: { users: number; say(text: string): void },
): Promise<Services> {
  const saved: Ports = existsSync(folder.ports) ? JSON.parse(readFileSync(folder.ports, 'utf8')) : {}
  const ports = {
    sandbox: await usable('sandbox', saved.sandbox, options.say),
    scim: await usable('scim', saved.scim, options.say),
  }
  const adminToken = secretFile(path.join(folder.path, 'scim-admin-token'))
  const log = (name: string) => path.join(folder.logs, `${name}.log`)
  const sandbox = launch(
    'sandbox',
    ['--data', folder.sandbox, '--users', String(options.users), '--port', String(ports.sandbox)],
    {},
    log('sandbox'),
  )
  const scim = launch(
    'scim',
    ['--data', folder.scim, '--port', String(ports.scim)],
    { ENTRADA_SCIM_ADMIN_TOKEN: adminToken, ENTRADA_SCIM_FIRST_CONFIGURATION: 'none' },
    log('scim'),
  )
  const stop = async () => {
    await Promise.all([sandbox.stop(), scim.stop()])
  }
  try {
    const [sandboxReady, scimReady] = await Promise.all([
      sandbox.ready as Promise<SandboxReady>,
      scim.ready as Promise<ScimReady>,
    ])
    const used: Ports = { sandbox: portOf(sandboxReady.graph), scim: portOf(scimReady.apiUrl) }
    writeWhole(folder.ports, JSON.stringify(used))
    const services = { sandbox: sandboxReady, scim: { ...scimReady, adminToken } }
    const running: RunningServices = { pid: process.pid, ...services }
    writeWhole(folder.services, JSON.stringify(running), 0o600)
    const failed = Promise.race([sandbox.ended, scim.ended])
    failed.catch(() => {})
    return { ...services, pids: { sandbox: sandbox.pid, scim: scim.pid }, stop, failed }
  } catch (error) {
    await stop()
    throw error
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

/** The port of the last run when it is free, else 0: any. */
async function usable(name: string, port: number | undefined, say: (text: string) => void): Promise<number> {
  if (!port || (await isFree(port))) return port ?? 0
  say(
    `port ${port}, used by the ${name} so far, is taken by another program: another one is used, and the stack follows`,
  )
  return 0
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

interface Launched {
  pid: number
  ready: Promise<unknown>
  ended: Promise<never>
  stop(): Promise<void>
}

const START_LIMIT_SECONDS = 60

function launch(name: 'sandbox' | 'scim', args: string[], env: Record<string, string>, logFile: string): Launched {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--no-warnings=ExperimentalWarning', path.join(root, name, 'main.ts'), '--json', ...args],
    // The open standard input tells the child that we live; Ctrl-C is for us, and we stop the children in order.
    { env: { ...process.env, ...env, ENTRADA_EXIT_WITH_PARENT: '1' }, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  )
  const log = createWriteStream(logFile, { flags: 'a' })
  let errors = ''
  child.stderr?.on('data', (text) => {
    errors = (errors + text).slice(-2_000)
    log.write(text)
  })
  let stopping = false
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  const ended = exit.then((code): never => {
    const last = errors.trim().split('\n').at(-1) ?? ''
    throw new Error(stopping ? `${name} was stopped` : `the ${name} ended with ${code}: ${last} (log: ${logFile})`)
  })
  ended.catch(() => {})
  const ready = Promise.race([firstLine(child, name), ended])
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    async stop() {
      stopping = true
      child.stdin?.end()
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exit
      clearTimeout(timer)
      log.end()
    },
  }
}

function firstLine(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the ${name} was not ready within ${START_LIMIT_SECONDS} s`)),
      START_LIMIT_SECONDS * 1000,
    )
    let text = ''
    child.stdout?.on('data', (chunk) => {
      if (text.includes('\n')) return
      text += chunk
      if (!text.includes('\n')) return
      clearTimeout(timer)
      try {
        resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
      } catch {
        reject(new Error(`the ${name} did not say that it is ready, but: ${text.slice(0, 200)}`))
      }
    })
    child.on('exit', () => clearTimeout(timer))
  })
}
