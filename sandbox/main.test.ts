import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { SandboxAddress } from './sandbox.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, '--users', '20', ...args], {
    env: { ...process.env, ...env },
  })
  children.push(child)
  return child
}

async function start(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const child = run(['--json', ...args], env)
  const [line] = await once(createInterface(child.stdout!), 'line')
  return { child, address: JSON.parse(line) as SandboxAddress }
}

const exitCode = async (child: ChildProcess) => (await once(child, 'close'))[0] as number | null

function control(address: SandboxAddress, path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { ca: readFileSync(address.caFile), method: body ? 'POST' : 'GET', agent: false }
    const outgoing = request(`${address.control}${path}`, options, async (incoming) =>
      resolve((await incoming.toArray()).join('')),
    )
    outgoing.on('error', reject)
    outgoing.end(body && JSON.stringify(body))
  })
}

test('the first line says all that a client needs, and a signal ends it without a trace', async () => {
  const { child, address } = await start()
  expect(address).toEqual({
    metadataHost: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    login: `https://${address.metadataHost}`,
    graph: `https://${address.metadataHost}`,
    portal: `https://${address.metadataHost}/portal`,
    control: `https://${address.metadataHost}/sandbox`,
    caFile: expect.stringMatching(/\.pem$/),
    tenantId: expect.any(String),
    clientId: expect.any(String),
    clientSecret: expect.any(String),
  })
  expect(JSON.parse(await control(address, '/health'))).toMatchObject({ status: 'ok', users: 20 })
  child.kill('SIGTERM')
  expect(await exitCode(child)).toBe(0)
  expect(existsSync(address.caFile)).toBe(false)
})

test('state, clients and authority outlive the process, even a killed one', async () => {
  const first = await start(['--data', folder])
  await control(first.address, '/settings', { secretsPut: 'replace' })
  await control(first.address, '/clock', { advanceSeconds: 86_400 })
  first.child.kill('SIGKILL')
  await exitCode(first.child)
  const { address } = await start(['--data', folder])
  const { metadataHost: _, login: __, graph: ___, portal: ____, control: _____, ...kept } = address
  expect(first.address).toMatchObject(kept)
  expect(JSON.parse(await control(address, '/settings'))).toMatchObject({ secretsPut: 'replace' })
  expect(JSON.parse(await control(address, '/clock')).offsetSeconds).toBe(86_400)
})

test('without --json it says which variables to set, and ends with the process that started it where that is asked for', async () => {
  const child = run([], { ENTRADA_EXIT_WITH_PARENT: '1' })
  const closed = exitCode(child)
  let output = ''
  child.stdout!.on('data', (chunk) => {
    output += chunk
    if (output.includes('Ctrl-C')) child.stdin!.end()
  })
  expect(await closed).toBe(0)
  for (const name of [
    'ARM_TENANT_ID',
    'ARM_CLIENT_ID',
    'ARM_CLIENT_SECRET',
    'ARM_METADATA_HOSTNAME',
    'SSL_CERT_FILE',
    'NODE_EXTRA_CA_CERTS',
  ]) {
    expect(output).toMatch(new RegExp(`export ${name}=\\S+`))
  }
})

test('what cannot be is one message without a stack, and exit code 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as { port: number }
  const cases: [string[], string][] = [
    [['--users', 'many'], '--users "many" is not possible: a whole number from 10 to 1000000.'],
    [['--user', '3'], "Unknown option '--user'. Options: --users,"],
    [['--port', String(port)], `Port ${port} of 127.0.0.1 is taken`],
  ]
  const ended = cases.map(async ([args]) => {
    const child = run(args)
    const [code, output] = await Promise.all([exitCode(child), child.stderr!.toArray()])
    return [code, output.join('').trim().split('\n')]
  })
  expect(await Promise.all(ended)).toEqual(cases.map(([, message]) => [1, [expect.stringContaining(message)]]))
  holder.close()
})
