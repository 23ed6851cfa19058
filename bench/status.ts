import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { SandboxReady } from '../cli/local/services.ts'
import { trustSandbox } from '../cli/local/trust.ts'
import { eachOf } from '../cli/stack/eachOf.ts'
import { type SandboxTenant, setUp, type TestStack, writeStack } from '../cli/stack/fleet.testing.ts'
import { openTenant } from '../cli/stack/tenant.ts'
import { AT_ONCE } from '../cli/status/command.ts'
import { readStatus } from '../cli/status/read.ts'
import { root } from '../tools/setup/node.mjs'
import { seconds, time } from './measure.ts'

const TENANTS = 100
const LATENCY_MS = 100

/** `entrada status` of a hundred tenants, beside asking one tenant after the other; set-up and start of the command aside. */
export async function status(): Promise<string[]> {
  const { child, ready } = await startSandbox()
  const folder = mkdtempSync(path.join(tmpdir(), 'entrada-stacks-'))
  try {
    trustSandbox(ready.caFile)
    const tenants = await control<SandboxTenant[]>(ready, '/tenants')
    const stacks = tenants.map((tenant, index) => writeStack(folder, `t${index}`, ready.metadataHost, tenant))
    await eachOf(stacks, 8, (stack) => setUp(stack, tenants[stacks.indexOf(stack)]!.tenantId))
    await control(ready, '/settings', { latencyMs: LATENCY_MS })
    const read = ({ name, env }: TestStack) => readStatus(name, () => openTenant(name, env, folder), 86_400_000)
    let requests = 0
    const ours = await time(async () => {
      const statuses = await eachOf(stacks, AT_ONCE, read)
      const bad = statuses.find(({ health }) => health !== 'healthy')
      if (bad) throw new Error(`${bad.stack}: ${[...bad.unknown, ...bad.problems.map(({ what }) => what)].join('; ')}`)
      requests = statuses.reduce((sum, { requests: own }) => sum + own, 0)
    })
    const peer = await time(() => eachOf(stacks, 1, read))
    return [
      `${TENANTS} tenants at ${LATENCY_MS} ms a Graph call: ${seconds(ours)}, ${requests / TENANTS} Graph requests a tenant`,
      `one tenant after the other: ${seconds(peer)}`,
    ]
  } finally {
    child.kill()
    rmSync(folder, { recursive: true })
  }
}

async function startSandbox(): Promise<{ child: ChildProcess; ready: SandboxReady }> {
  const args = ['--json', '--tenants', String(TENANTS), '--users', '20']
  const child = spawn(process.execPath, ['--no-warnings', path.join(root, 'sandbox', 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  const ready = await new Promise<SandboxReady>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
    })
    child.on('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)))
  })
  return { child, ready }
}

async function control<T>(ready: SandboxReady, at: string, body?: object): Promise<T> {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${ready.control}${at}`, init)
  if (!response.ok) throw new Error(`${at}: ${response.status} ${await response.text()}`)
  const answer = await response.text()
  return (answer ? JSON.parse(answer) : undefined) as T
}
