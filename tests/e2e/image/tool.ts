/** The container tool of this machine, and images to build on where none can be downloaded. */
import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export interface ContainerTool {
  name: 'podman' | 'docker'
  /** Rejects with the tool's output where it fails. */
  call(...args: string[]): Promise<string>
}

/** Undefined where none works. What podman builds is kept in `folder`, apart from the user's own images. */
export async function findTool(folder: string): Promise<ContainerTool | undefined> {
  const store = ['--root', `${folder}/images`, '--runroot', `${folder}/run`, '--storage-driver', 'vfs']
  const runc = existsSync('/usr/sbin/runc') ? ['--runtime', '/usr/sbin/runc'] : []
  const tools = [
    { name: 'podman', options: [...store, ...runc] },
    { name: 'docker', options: [] },
  ] as const
  for (const { name, options } of tools) {
    const call = async (...args: string[]): Promise<string> =>
      (await execute(name, [...options, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout
    if (await call('info').catch(() => undefined)) return { name, call }
  }
  return undefined
}

/**
 * Build arguments that replace the images of the Dockerfile by ones made of this machine's Node, npm and C library, so
 * that its steps can be run where no images can be downloaded; none where they can.
 */
export async function baseImages(tool: ContainerTool, folder: string): Promise<string[]> {
  const probe = tool.call('pull', '--quiet', 'docker.io/library/node:24-bookworm-slim')
  if (await Promise.race([probe.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 20_000))]))
    return []
  const [runs, builds] = [path.join(folder, 'runs'), path.join(folder, 'builds')]
  const node = realpathSync(process.execPath)
  const libraries = [...(await librariesOf(node)), ...(await librariesOf('/bin/sh'))]
  for (const root of [runs, builds]) {
    for (const library of libraries) place(library, path.join(root, library))
    place(node, path.join(root, 'nodejs/bin/node'))
    mkdirSync(path.join(root, 'etc'))
  }
  const certificates = process.env.NODE_EXTRA_CA_CERTS
  const npm = path.resolve(realpathSync(await which('npm')), '../..')
  place('/bin/sh', path.join(builds, 'bin/sh'))
  cpSync(npm, path.join(builds, 'npm'), { recursive: true, dereference: true })
  place('/etc/resolv.conf', path.join(builds, 'etc/resolv.conf'))
  if (existsSync(path.join(homedir(), '.npmrc')))
    place(path.join(homedir(), '.npmrc'), path.join(builds, 'root/.npmrc'))
  if (certificates) place(certificates, path.join(builds, 'etc/extra.pem'))
  writeFileSync(path.join(builds, 'bin/npm'), '#!/bin/sh\nexec /nodejs/bin/node /npm/bin/npm-cli.js "$@"\n', {
    mode: 0o755,
  })
  const environment = `PATH=/bin:/nodejs/bin HOME=/root${certificates ? ' NODE_EXTRA_CA_CERTS=/etc/extra.pem' : ''}`
  for (const [name, root] of [
    ['runs', runs],
    ['builds', builds],
  ] as const) {
    const file = path.join(folder, `${name}.Dockerfile`)
    writeFileSync(file, `FROM scratch\nCOPY . /\nENV ${environment}\n`)
    await tool.call('build', '--quiet', '--tag', `localhost/entrada-${name}`, '--file', file, root)
  }
  return ['BUILD_IMAGE=localhost/entrada-builds', 'RUN_IMAGE=localhost/entrada-runs'].flatMap((each) => [
    '--build-arg',
    each,
  ])
}

function place(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true })
  copyFileSync(from, to)
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await execute('ldd', [program])
  return [...stdout.matchAll(/(\/\S+) \(/g)].map((match) => match[1]!)
}

const which = async (name: string): Promise<string> => (await execute('sh', ['-c', `command -v ${name}`])).stdout.trim()
