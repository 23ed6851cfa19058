/** The Pulumi engine: on PATH, else cached, else the official download, else built from its Go modules. */
import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, say, withCacheLock } from './cache.mjs'
import { root, versions } from './node.mjs'

const run = promisify(execFile)
const executable = process.platform === 'win32' ? 'pulumi.exe' : 'pulumi'

export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  command: string
  /** Where it came from, for people. */
  source: 'PATH' | 'cache' | 'download' | 'Go modules'
}

/** The engine that is on this machine, or where it was looked for in vain; gets and changes nothing. */
export async function findEngine(): Promise<(Engine & { version: string }) | { tried: string[] }> {
  const onPath = await findOnPath()
  if (onPath.command !== undefined) return { command: onPath.command, source: 'PATH', version: onPath.version }
  const { command } = cached()
  if (existsSync(command)) return { command, source: 'cache', version: versions.pulumi }
  return { tried: [`on PATH: ${onPath.why}`, `in the cache: no ${command}`] }
}

function cached(): { folder: string; command: string } {
  const folder = path.join(cacheFolder(), 'engine', versions.pulumi)
  return { folder, command: path.join(folder, 'bin', executable) }
}

/** @throws one error that names every route that was tried and why it failed */
export async function ensureEngine(): Promise<Engine> {
  const onPath = await findOnPath()
  if (onPath.command !== undefined) return { command: onPath.command, source: 'PATH' }
  const { folder, command } = cached()
  if (existsSync(command)) {
    refreshLanguageHost(folder)
    return { command, source: 'cache' }
  }
  return withCacheLock(`the Pulumi engine ${versions.pulumi}`, async () => {
    if (existsSync(command)) return { command, source: 'cache' }
    const tried = [`on PATH: ${onPath.why}`, `in the cache: no ${command}`]
    const unfinished = `${folder}.unfinished`
    for (const [source, get] of [
      ['download', download],
      ['Go modules', buildFromModules],
    ] as const) {
      try {
        await get(unfinished)
        renameSync(unfinished, folder)
        return { command, source }
      } catch (error) {
        tried.push(
          `${source === 'download' ? 'official download' : 'build from Go modules'}: ${(error as Error).message}`,
        )
      }
    }
    throw new Error(
      `no Pulumi engine ${versions.pulumi} or newer could be had. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n` +
        'Install it (https://www.pulumi.com/docs/install/) so that `pulumi version` works, or install Go 1.25 or newer, ' +
        'then run the same command again.',
    )
  })
}

type OnPath = { command: string; version: string } | { command?: undefined; why: string }

async function findOnPath(): Promise<OnPath> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const command = path.join(folder, executable)
    if (!folder || !existsSync(command)) continue
    const found = await run(command, ['version'], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: 'true' } }).catch(
      () => null,
    )
    const version = found?.stdout.trim().replace(/^v/, '')
    if (version && !isOlder(version, versions.pulumi)) return { command, version }
    return { why: `${command} is ${version ?? 'not runnable'}; ${versions.pulumi} or newer is needed` }
  }
  return { why: 'no pulumi there' }
}

/** @param version three numbers, maybe with a suffix such as `-alpha.1` */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/, 3).map(Number)) as [number[], number[]]
  for (const index of [0, 1, 2]) if (a[index] !== b[index]) return (a[index] ?? 0) < (b[index] ?? 0)
  return false
}

async function download(into: string): Promise<void> {
  const answer = await fetch('https://get.pulumi.com/', { method: 'HEAD', signal: AbortSignal.timeout(5_000) }).catch(
    (error) => error as Error,
  )
  if (answer instanceof Error) throw new Error(`get.pulumi.com cannot be reached (${cause(answer)})`)
  say(`downloading the Pulumi engine ${versions.pulumi} (about 90 MB) …`)
  const { PulumiCommand } = await import('@pulumi/pulumi/automation/index.js')
  rmSync(into, { recursive: true, force: true })
  // Without a version it takes the one of the SDK, which package.json pins to the engine's.
  await PulumiCommand.install({ root: into })
}

async function buildFromModules(into: string): Promise<void> {
  const go = await run('go', ['version']).catch(() => null)
  if (!go) throw new Error('there is no `go` on PATH')
  say(
    `building the Pulumi engine ${versions.pulumi} from its Go modules (three to seven minutes, once; ${go.stdout.trim()}) …`,
  )
  const work = path.join(cacheFolder(), 'engine', 'build')
  const bin = path.join(into, 'bin')
  mkdirSync(bin, { recursive: true })
  await goBuild(path.join(bin, executable), work)
  installLanguageHost(bin)
  rmSync(work, { recursive: true, force: true })
}

/** The modules and objects stay in a folder of their own, so that an interrupted build goes on and nothing of the user's grows. */
async function goBuild(output: string, work: string): Promise<void> {
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${versions.pulumi}`
  const child = spawn(
    'go',
    [
      'build',
      '-trimpath',
      '-modcacherw',
      '-ldflags',
      `-s -w ${version}`,
      '-o',
      output,
      'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    ],
    {
      cwd: path.join(root, 'tools', 'engine'),
      env: {
        ...process.env,
        CGO_ENABLED: '0',
        GOFLAGS: '',
        GOMODCACHE: path.join(work, 'modules'),
        GOCACHE: path.join(work, 'objects'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let errors = ''
  child.stderr.on('data', (text) => {
    errors = (errors + text).slice(-4_000)
  })
  const began = Date.now()
  const alive = setInterval(() => say(`  still building, ${Math.round((Date.now() - began) / 1000)} s …`), 30_000)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  }).finally(() => clearInterval(alive))
  const shown = errors.split('\n').filter((line) => line && !line.startsWith('go: downloading'))
  if (code !== 0) throw new Error(`go build ended with ${code}: ${shown.slice(-5).join(' / ')}`)
}

/** A built engine has no Node language host beside it, so ours goes there; the engine takes one beside it as its own. */
function installLanguageHost(bin: string): void {
  const to = path.join(bin, 'pulumi-language-nodejs')
  copyFileSync(languageHost, `${to}.new`)
  chmodSync(`${to}.new`, 0o755)
  renameSync(`${to}.new`, to)
  writeFileSync(path.join(bin, '..', 'built-from-modules'), '')
}

function refreshLanguageHost(folder: string): void {
  if (!existsSync(path.join(folder, 'built-from-modules'))) return
  const installed = path.join(folder, 'bin', 'pulumi-language-nodejs')
  if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(languageHost))) {
    installLanguageHost(path.join(folder, 'bin'))
  }
}

const languageHost = path.join(root, 'tools', 'language-host', 'pulumi-language-nodejs')

function cause(error: Error): string {
  return ((error.cause as Error | undefined)?.message || error.message).slice(0, 200)
}
