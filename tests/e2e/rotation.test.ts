/** Client secrets of the bundled SCIM service are replaced through the real engine while cycles run without a pause. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { clearStaleLocks } from '../../cli/engine/lock.ts'
import { PROJECT, STACK } from '../../cli/local/folder.ts'
import { trustSandbox } from '../../cli/local/trust.ts'
import { serveProvider } from '../../provider/server/serve.ts'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, run, startTenant, type Tenant } from './harness.ts'
import { type Gate, startGate } from './rotation/gate.ts'
import { type Cycles, runCycles, watchCommandLines } from './rotation/watch.ts'

jest.setTimeout(180_000)

const DAY = 86_400_000
let tenant: Tenant
let gate: Gate
let cycles: Cycles
/** Token requests of these tests that were refused, as they should be. */
let refusedOnPurpose = 0

beforeAll(async () => {
  gate = await startGate()
  tenant = await startTenant({ users: 60 })
  const apiUrl = gate.through(tenant.services.scim.apiUrl)
  tenant.env.ENTRADA_SCIM_API_URL = apiUrl
  const served = JSON.parse(readFileSync(tenant.folder.services, 'utf8'))
  served.scim.apiUrl = apiUrl
  // Commands look for who serves the stack.
  writeFileSync(tenant.folder.services, JSON.stringify({ ...served, pid: process.pid }))
  expectSuccess(await tenant.up())
  const { outputs } = tenant.resource(await tenant.state(), 'ProvisioningJob')
  cycles = runCycles(tenant, String(outputs!.jobId))
})
afterAll(async () => {
  await cycles?.stop()
  await tenant?.stop()
  await gate?.close()
})

function expectSuccess({ code, text }: Outcome): void {
  if (code !== 0) throw new Error(text)
}

const entrada = (...args: string[]): Promise<Outcome> =>
  run(process.execPath, ['cli/entrada.mjs', ...args], root, { ENTRADA_LOCAL: tenant.folder.path })

interface Known {
  clientSecret: string
  secretId: string
  secretExpiresAt: string
  previousSecretId: string | null
}

/** What the state holds, in clear. */
async function secretInState(): Promise<Known> {
  const { text } = await tenant.pulumi('stack', 'export', '--show-secrets', '--stack', STACK)
  const { outputs } = tenant.resource(JSON.parse(text).deployment.resources, 'ScimConfiguration')
  const { plaintext } = outputs!.clientSecret as { plaintext: string }
  return { ...(outputs as unknown as Known), clientSecret: JSON.parse(plaintext) }
}

const live = async () => {
  const { configurations } = await tenant.scim<{ configurations: { secrets: { id: string }[] }[] }>('/configurations')
  return configurations[0]!.secrets.map(({ id }) => id)
}

/** Status of a token request with that secret. */
async function signIn({ clientSecret }: Known): Promise<number> {
  const { outputs } = tenant.resource(await tenant.state(), 'ScimConfiguration')
  const form = { grant_type: 'client_credentials', client_id: String(outputs!.clientId), client_secret: clientSecret }
  const { status } = await fetch(String(outputs!.tokenEndpoint), { method: 'POST', body: new URLSearchParams(form) })
  if (status !== 200) refusedOnPurpose += 1
  return status
}

/** Nothing failed up to now, at the sandbox or at the token endpoint. */
async function expectNothingFailed(): Promise<void> {
  await cycles.another()
  expect([...new Set(cycles.states)]).toEqual(['Succeeded'])
  const { origin } = new URL(tenant.services.scim.apiUrl)
  const headers = { authorization: `Bearer ${tenant.services.scim.adminToken}` }
  const metrics = await (await fetch(`${origin}/metrics`, { headers })).text()
  const counted = [...metrics.matchAll(/^entrada_scim_token_requests_total\{.*outcome="(\w+)".*\} (\d+)$/gm)]
  const { granted, ...others } = Object.fromEntries(counted.map(([, outcome, count]) => [outcome, Number(count)]))
  expect(granted).toBeGreaterThan(cycles.states.length)
  expect(others).toEqual(refusedOnPurpose > 0 ? { invalid_client: refusedOnPurpose } : {})
}

function expectNoneIn(text: string, ...known: Known[]): void {
  for (const { clientSecret } of known) expect(text).not.toContain(clientSecret)
}

test('rotate: a new secret is in use, the old one goes on being valid, and the next update changes nothing', async () => {
  const before = await secretInState()
  await cycles.another()
  const processes = watchCommandLines()
  const { code, text } = await entrada('rotate', 'local', '--yes')
  const commandLines = await processes.stop()
  expect(text).toContain('local: the new client secret is in use, valid until ')
  expect(text).toMatch(/the one before is valid until an update after/)
  expect(code).toBe(0)

  const after = await secretInState()
  expect(after.secretId).not.toBe(before.secretId)
  expect(after.previousSecretId).toBe(before.secretId)
  expect(await live()).toEqual([before.secretId, after.secretId])
  expect(await signIn(before)).toBe(200)
  expect(await tenant.changes()).toEqual([])
  const { text: outputs } = await tenant.pulumi('stack', 'output', '--json', '--stack', STACK)
  expect(JSON.parse(outputs).target.secretExpiresAt).toBe(after.secretExpiresAt)

  const state = JSON.stringify(await tenant.state())
  const logs = readdirSync(tenant.folder.logs).map((name) => readFileSync(path.join(tenant.folder.logs, name), 'utf8'))
  expect(commandLines).toContain('rotate local --yes')
  expectNoneIn([text, outputs, state, commandLines, ...logs].join('\n'), before, after)
  await expectNothingFailed()
})

test('rotate --wait: the secret before the last one ends first, and the old one after a cycle with the new one', async () => {
  const before = await secretInState()
  const { code, text } = await entrada('rotate', 'local', '--yes', '--wait', '2', '--json')
  const rotation = JSON.parse(text.split('\n').findLast((line) => line.startsWith('{'))!)
  const after = await secretInState()
  expect(rotation).toEqual({ stack: 'local', expiresAt: after.secretExpiresAt, previous: null })
  expect(code).toBe(0)
  expect(await live()).toEqual([after.secretId])
  expect(await signIn(before)).toBe(401)
  expect(await signIn(after)).toBe(200)
  expect(await tenant.changes()).toEqual([])
  await expectNothingFailed()
})

describe('a rotation that is killed is finished by the next run', () => {
  const clearFaults = () => tenant.control('/faults', { method: 'DELETE' })

  /** Resolves once such a request of the provider to Graph was carried out; its answer comes too late. */
  async function held(method: string, pattern: string): Promise<void> {
    await tenant.control('/faults', {
      method: 'POST',
      body: { method, path: pattern, times: 1, delayMs: 30_000, when: 'after' },
    })
    for (;;) {
      const faults = await tenant.control<{ seen: number }[]>('/faults')
      if (faults.some(({ seen }) => seen > 0)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const steps: [string, () => Promise<void>, 'up' | 'rotate'][] = [
    ['the secret was made', () => gate.hold('POST', /\/secrets$/), 'rotate'],
    ['the job was given it, by an update', () => held('PUT', '/synchronization/secrets$'), 'up'],
    ['the job was given it, by rotate', () => held('PUT', '/synchronization/secrets$'), 'rotate'],
    ['Entra has tested it', () => held('POST', '/validateCredentials$'), 'up'],
  ]

  test.each(steps)('when %s', async (_, reached, next) => {
    const before = await secretInState()
    const arrived = reached()
    tenant.env.ENTRADA_REPLACE_SECRET = before.secretId
    const update = tenant.startUp()
    delete tenant.env.ENTRADA_REPLACE_SECRET
    await arrived
    update.process.kill('SIGKILL')
    await update.done
    await clearFaults()
    await clearStaleLocks(tenant.folder.backend, PROJECT, STACK)
    await cycles.another()

    expectSuccess(next === 'up' ? await tenant.up() : await entrada('rotate', 'local', '--yes'))
    const after = await secretInState()
    expect(after.secretId).not.toBe(before.secretId)
    expect(after.previousSecretId).toBe(before.secretId)
    expect(await live()).toEqual([before.secretId, after.secretId])
    expect(await tenant.changes()).toEqual([])
    await expectNothingFailed()
  })
})

test('an update warns of a secret that ends soon; a refresh reads the service’s record', async () => {
  const { secretExpiresAt } = await secretInState()
  const file = path.join(tenant.folder.path, 'state.json')
  expectSuccess(await tenant.pulumi('stack', 'export', '--file', file, '--stack', STACK))
  const soon = new Date(Date.now() + 9.5 * DAY).toISOString()
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(secretExpiresAt, soon))
  expectSuccess(await tenant.pulumi('stack', 'import', '--file', file, '--stack', STACK))
  const update = await tenant.up()
  expectSuccess(update)
  expect(update.text).toMatch(/warning: the client secret at the SCIM service ends on .*, in 9 days/)
  expectSuccess(await tenant.pulumi('refresh', '--yes', '--stack', STACK))
  expect(await secretInState()).toMatchObject({ secretExpiresAt })
  expect((await tenant.up()).text).not.toContain('warning:')
})

test('a period: nothing before it is over, then a new secret by a plain update, and nothing more', async () => {
  trustSandbox(tenant.services.sandbox.caFile)
  /** One engine run so many days from now; the engine ends the provider with its run. */
  async function later<T>(days: number, work: () => Promise<T>): Promise<T> {
    const clock = {
      now: () => Date.now() + days * DAY,
      sleep: () => Promise.reject(new Error('nothing is to wait here')),
    }
    const provider = await serveProvider({ env: { ...process.env, ...tenant.env }, clock })
    tenant.env.PULUMI_DEBUG_PROVIDERS = `entrasync:${provider.port}`
    try {
      return await work()
    } finally {
      delete tenant.env.PULUMI_DEBUG_PROVIDERS
      await provider.close()
    }
  }
  const changesAt = async (days: number) => {
    const steps = await later(days, () => tenant.changes())
    return steps.flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {})).sort()
  }
  const updateAt = async (days: number) => {
    const update = await later(days, () => tenant.up())
    expectSuccess(update)
    return update.text
  }

  expectSuccess(await entrada('rotate', 'local', '--yes'))
  const before = await secretInState()
  tenant.configure((config) => {
    config.rotation = { every: '90d' }
  })
  expect(await changesAt(0)).toEqual(['rotation'])
  await updateAt(0)
  expect(await secretInState()).toMatchObject({ secretId: before.secretId })
  expect(await changesAt(0.5)).toEqual([])

  // The one before is looked at, and stays: nobody has come back with the new one an hour after it was made.
  expect(await changesAt(2)).toEqual(['previousSecretId'])
  expect(await updateAt(2)).toContain('stays valid: no cycle has signed in with the new one yet')
  expect(await changesAt(8)).toEqual([])

  expect(await changesAt(91)).toEqual(['credentials.clientSecret', 'secretId'])
  const said = await updateAt(91)
  const after = await secretInState()
  expect(after).toMatchObject({ previousSecretId: before.secretId })
  expect(await live()).toEqual([before.secretId, after.secretId])
  expectNoneIn(said, before, after)
  expect(await changesAt(0.5)).toEqual([])
  await expectNothingFailed()
})
