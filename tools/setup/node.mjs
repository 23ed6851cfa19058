/** A Node that can run TypeScript: the machine's own where it is new enough, else one from npm in the cache. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, say, withCacheLock } from './cache.mjs'
import { npm } from './packages.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const versions = JSON.parse(readFileSync(new URL('../versions.json', import.meta.url), 'utf8'))

/** The first of each line that can trust a further authority at run time (tls.setDefaultCACertificates). */
const oldest = { 22: 19, 24: 5 }

/** @param {string} version such as `24.21.0` */
export function isCurrent(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 24 || minor >= (oldest[major] ?? Number.POSITIVE_INFINITY)
}

/** @returns {Promise<string>} path of a Node executable of 22.19 or newer */
export async function ensureNode() {
  if (isCurrent(process.versions.node)) return process.execPath
  const folder = path.join(cacheFolder(), 'node', versions.node)
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const executable = path.join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(executable)) return executable
  return withCacheLock(`Node ${versions.node}`, async () => {
    if (existsSync(executable)) return executable
    say(`getting Node ${versions.node} from npm (this one is ${process.versions.node}; 22.19 or newer is needed) …`)
    const unfinished = `${folder}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    await npm(
      ['install', '--no-save', '--ignore-scripts', '--prefix', unfinished, `${name}@${versions.node}`],
      unfinished,
    ).catch((error) => {
      throw new Error(
        `could not get Node ${versions.node} from npm as the package ${name}: ${error.message}\n` +
          'Install Node 22.19 or newer (https://nodejs.org) and run the same command again.',
      )
    })
    renameSync(unfinished, folder)
    return executable
  })
}

/** Runs a TypeScript file of this project on a current Node, with this process's streams; resolves only on failure to start. */
export async function runOnCurrentNode(script, args) {
  const file = path.join(root, script)
  const node = await ensureNode()
  if (node === process.execPath) {
    process.argv = [process.argv[0], file, ...args]
    await import(new URL(`../../${script}`, import.meta.url).href)
    return
  }
  const flags = ['--no-warnings=ExperimentalWarning', '--import', new URL('endWithParent.mjs', import.meta.url).href]
  const child = spawn(node, [...flags, file, ...args], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to the whole group; the child decides when to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (...ended) => resolve(ended))
  })
  process.exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)
}
