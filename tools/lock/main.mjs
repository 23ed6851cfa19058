/**
 * Completes package-lock.json after a change of dependencies, and writes the one of scim/: `node tools/lock/main.mjs`. A registry mirror may hold only its
 * own platform's binaries, and npm then leaves the others out of the lock, which `npm ci` refuses anywhere else. Adds
 * them by name and pinned version, and drops download addresses, so that the lock serves every registry.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { scimLock } from './scim.mjs'

const file = new URL('../../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32']

for (const [place, entry] of Object.entries(lock.packages)) {
  if (entry.resolved?.startsWith('http')) delete entry.resolved
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const at = `node_modules/${name}`
    if (lock.packages[at] || lock.packages[`${place}/${at}`] || !/^\d/.test(version)) continue
    const os = systems.filter((system) => name.includes(system))
    const cpu = processors.filter((processor) => new RegExp(`-${processor}\\b`).test(name)).slice(0, 1)
    if (os.length === 0 && cpu.length === 0) throw new Error(`cannot tell the platform of ${name} by its name`)
    lock.packages[at] = {
      version,
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os.length > 0 && { os }),
      ...(cpu.length > 0 && { cpu }),
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
writeFileSync(new URL('../../scim/package-lock.json', import.meta.url), `${JSON.stringify(scimLock(lock), null, 2)}\n`)
