import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { clearStaleLocks } from '../../cli/engine/lock.ts'
import { PROJECT, STACK } from '../../cli/local/folder.ts'
import { startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant?.stop())

const HELD_MS = 30_000

/** Steps of an update, by the Graph call that is held open while something is killed. */
const steps = [
  ['the application is being instantiated', 'POST', '/applicationTemplates/[^/]+/instantiate$'],
  ['the application is being marked', 'PATCH', '/(applications|servicePrincipals)/[^/]+$'],
  ['the assignments are being written', 'POST', '/\\$batch$'],
  ['the job is being made', 'POST', '/synchronization/jobs$'],
  ['the secrets are being written', 'PUT', '/synchronization/secrets$'],
  ['the job is being started', 'POST', '/synchronization/jobs/[^/]+/start$'],
] as const

/** Resolves once a request has reached the sandbox and is held there; the work behind it is done, its answer is not given. */
async function hold(method: string, pattern: string): Promise<void> {
  await tenant.control('/faults', {
    method: 'POST',
    body: { method, path: pattern, times: 1, delayMs: HELD_MS, when: 'after' },
  })
}

async function held(): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    const faults = await tenant.control<{ seen: number }[]>('/faults')
    if (faults.some(({ seen }) => seen > 0)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the update did not reach the held call')
}

const clearFaults = () => tenant.control('/faults', { method: 'DELETE' })

async function expectOneOfEach(): Promise<void> {
  const filter = encodeURIComponent("displayName eq 'M-Files'")
  const apps = await tenant.graph<{ value: { id: string }[] }>(`/applications?$filter=${filter}`)
  expect(apps.value).toHaveLength(1)
  const { value: principals } = await tenant.graph<{ value: { id: string }[] }>(`/servicePrincipals?$filter=${filter}`)
  expect(principals).toHaveLength(1)
  const jobs = await tenant.graph<{ value: { schedule: { state: string } }[] }>(
    `/servicePrincipals/${principals[0]?.id}/synchronization/jobs`,
  )
  expect(jobs.value.map(({ schedule }) => schedule.state)).toEqual(['Active'])
  const { configurations } = await tenant.scim<{ configurations: unknown[] }>('/configurations')
  expect(configurations).toHaveLength(1)
}

/** The next run as `npm start` does it: stale locks go first. */
async function goOn(): Promise<void> {
  await clearFaults()
  await clearStaleLocks(tenant.folder.backend, PROJECT, STACK)
  const outcome = await tenant.up()
  if (outcome.code !== 0) throw new Error(outcome.text)
  await expectOneOfEach()
  expect(await tenant.changes()).toEqual([])
}

async function startAgain(): Promise<void> {
  await clearFaults()
  await clearStaleLocks(tenant.folder.backend, PROJECT, STACK)
  const destroyed = await tenant.pulumi('destroy', '--yes', '--stack', STACK)
  if (destroyed.code !== 0) throw new Error(destroyed.text)
}

/** Processes that the engine started as plugins of ours. */
function providersOf(engine: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
        return parent === engine && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('pulumi-resource-entrasync')
      } catch {
        return false
      }
    })
    .map(Number)
}

const onLinux = existsSync('/proc/self/exe') && readlinkSync('/proc/self/exe') !== '' ? describe : describe.skip

describe('an update that was interrupted goes on with no second application, job or configuration', () => {
  beforeEach(startAgain)

  test.each(steps)('the engine is killed while %s', async (_title, method, pattern) => {
    await hold(method, pattern)
    const update = tenant.startUp()
    await held()
    update.process.kill('SIGKILL')
    await update.done
    await goOn()
  })

  test.each(steps)('Ctrl-C while %s ends the update with its lock released', async (_title, method, pattern) => {
    await hold(method, pattern)
    const update = tenant.startUp()
    await held()
    update.process.kill('SIGINT')
    const { code } = await update.done
    expect(code).not.toBe(0)
    const locks = path.join(tenant.folder.backend, '.pulumi', 'locks', 'organization', PROJECT, STACK)
    expect(existsSync(locks) ? readdirSync(locks) : []).toEqual([])
    await goOn()
  })
})

onLinux('a part that is killed in the middle of an update', () => {
  beforeEach(startAgain)

  test('the provider: the update fails at once and the next one goes on', async () => {
    await hold('POST', '/synchronization/jobs$')
    const update = tenant.startUp()
    await held()
    for (const pid of providersOf(update.process.pid as number)) process.kill(pid, 'SIGKILL')
    const { code } = await update.done
    expect(code).not.toBe(0)
    await goOn()
  })

  test('the sandbox: what it acknowledged is there again after its restart', async () => {
    await hold('PUT', '/synchronization/secrets$')
    const update = tenant.startUp()
    await held()
    process.kill(tenant.services.pids.sandbox, 'SIGKILL')
    const { code, text } = await update.done
    expect(code).not.toBe(0)
    expect(text).toMatch(/ECONNREFUSED|cannot be reached|socket hang up|ECONNRESET/)
    await tenant.restart()
    await goOn()
  })

  test('the SCIM service: the connection test says so, the job stays stopped, and the next update repairs it', async () => {
    await hold('POST', '/synchronization/jobs$')
    const update = tenant.startUp()
    await held()
    process.kill(tenant.services.pids.scim, 'SIGKILL')
    await clearFaults()
    const { code, text } = await update.done
    expect(code).not.toBe(0)
    expect(text).toMatch(/connection test/i)
    await tenant.restart()
    await goOn()
  })

  test('the SCIM service, between updates: the next one refreshes and repairs the rest all the same', async () => {
    await goOn()
    const configuration = async () => {
      const { id, outputs } = tenant.resource(await tenant.state(), 'ScimConfiguration')
      return { id, secretId: outputs?.secretId, tenantUrl: outputs?.tenantUrl }
    }
    const before = await configuration()
    process.kill(tenant.services.pids.scim, 'SIGKILL')
    const filter = encodeURIComponent("displayName eq 'M-Files'")
    const { value } = await tenant.graph<{ value: { id: string }[] }>(`/servicePrincipals?$filter=${filter}`)
    const principal = `/servicePrincipals/${value[0]!.id}`
    await tenant.graph(principal, { method: 'PATCH', body: { appRoleAssignmentRequired: false } })

    const { code, text } = await tenant.up('--refresh')
    if (code !== 0) throw new Error(text)
    expect(text).toMatch(/warning: not looked at, and taken to be as the state has it: .*cannot be reached/)
    expect(await tenant.graph(principal)).toMatchObject({ appRoleAssignmentRequired: true })
    expect(await configuration()).toEqual(before)
    await tenant.restart()
    await goOn()
  })

  test('an engine that was killed leaves no provider running', async () => {
    await hold('POST', '/synchronization/jobs$')
    const update = tenant.startUp()
    await held()
    const providers = providersOf(update.process.pid as number)
    expect(providers).toHaveLength(1)
    update.process.kill('SIGKILL')
    await update.done
    const deadline = Date.now() + 10_000
    const alive = () => providers.filter((pid) => existsSync(`/proc/${pid}`))
    while (alive().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100))
    expect(alive()).toEqual([])
    await goOn()
  })
})
