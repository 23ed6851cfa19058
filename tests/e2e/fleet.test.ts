/** The commands that look at a running tenant, as processes: against the sandbox, with a real stack in it. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { LogEvent } from '../../cli/logs/events.ts'
import type { OnDemandResult } from '../../cli/provision/onDemand.ts'
import type { StackStatus } from '../../cli/status/model.ts'
import { root } from '../../tools/setup/node.mjs'
import { run, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant?.stop())

/** Only what a person's shell has: the services are found by the file that their process leaves. */
const entrada = (...args: string[]) =>
  run(process.execPath, ['cli/entrada.mjs', ...args], root, {
    ENTRADA_LOCAL: tenant.folder.path,
    NODE_NO_WARNINGS: '1',
  })

async function status(): Promise<{ code: number | null; local: StackStatus }> {
  const { code, text } = await entrada('status', '--json')
  return { code, local: (JSON.parse(text) as StackStatus[])[0]! }
}

const adele = 'adele.vance@entrada-sandbox.example'

test('a stack that was not updated yet is told so', async () => {
  const { code, local } = await status()
  expect(code).toBe(2)
  expect(local).toMatchObject({
    stack: 'local',
    application: null,
    problems: [{ what: 'there is no application yet', fix: 'npm run pulumi -- up --refresh --stack local' }],
    unknown: [],
  })
  expect((await entrada('logs', 'local')).text).toMatch(/has no application yet: npm run pulumi -- up/)
})

describe('a stack that runs', () => {
  beforeAll(async () => {
    const { code, text } = await tenant.up()
    if (code !== 0) throw new Error(text)
  })

  test('status: job, cycles, people, licences, the secret; in three requests', async () => {
    const { code, local } = await status()
    const { counts } = await tenant.scim<{ counts: { users: number; groups: number; waiting: number } }>('')
    expect(local).toMatchObject({
      health: 'attention',
      tenantId: tenant.services.sandbox.tenantId,
      job: { on: true, code: 'Active' },
      lastCycle: { state: 'Succeeded' },
      synchronized: { users: counts.users, groups: counts.groups },
      inError: 0,
      quarantine: null,
      log: { complete: true, users: { created: counts.users, failed: 0 }, failing: [] },
      licences: { licensed: 30, waiting: counts.waiting },
      problems: [{ what: `${counts.waiting} users wait for a licence` }],
      lastUpdate: { kind: 'update', result: 'succeeded', by: null },
      unknown: [],
      requests: 3,
    })
    expect(Date.parse(local.nextCycle!) - Date.parse(local.lastCycle!.began)).toBe(40 * 60_000)
    expect(Date.parse(local.secretExpires!)).toBeGreaterThan(Date.now() + 365 * 86_400_000)
    expect(code).toBe(2)
  })

  test('the engine says the same of the last update as the files of the backend', async () => {
    const { local } = await status()
    const asked = await entrada('status', '--last-update', '--json')
    expect((JSON.parse(asked.text) as StackStatus[])[0]!.lastUpdate).toEqual(local.lastUpdate)
  })

  test('status as text and for Prometheus; nothing secret in either', async () => {
    const plain = await entrada('status', 'local')
    expect(plain.text).toMatch(/^local {2}needs you .* users, 2 groups, lately \d+ created, 30 licensed, cycle ended/)
    expect(plain.text).toMatch(/1 stack: 0 healthy, 1 need a person, 0 unknown/)
    const { text } = await entrada('status', 'local', '--prometheus')
    expect(text).toMatch(/^# TYPE entrada_quarantine gauge\nentrada_quarantine\{stack="local"\} 0$/m)
    const { clientSecret } = tenant.services.sandbox
    for (const secret of [clientSecret, tenant.services.scim.adminToken])
      expect(plain.text + text).not.toContain(secret)
  })

  test('logs: a line for each event; of one person what was written and how', async () => {
    const all = await entrada('logs', 'local')
    expect(all.text).toMatch(new RegExp(`^\\d{4}-.*Z {4}create {3}success {2}user {3}${adele}$`, 'm'))
    const one = await entrada('logs', 'local', '--user', adele)
    expect(one.text).toMatch(/^ {6}name\.formatted: \(nothing\) → Adele Vance$/m)
    expect(one.text).toMatch(/^ {6}matching +success/m)
    const { text } = await entrada('logs', 'local', '--user', adele, '--json')
    const [event] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogEvent)
    expect(event).toMatchObject({ action: 'create', outcome: 'success', source: { name: adele, type: 'user' } })
    expect((await entrada('logs', 'local', '--user', 'nobody@entrada-sandbox.example')).text).toMatch(
      /there is no user 'nobody@entrada-sandbox\.example'/,
    )
    expect((await entrada('logs', 'local', '--since', 'yesterday')).text).toMatch(/'yesterday' is no duration/)
  })

  test('provision: one person at once, with the steps, only after a yes', async () => {
    const asked = await entrada('provision', 'local', '--user', adele)
    expect([asked.code, asked.text]).toEqual([1, expect.stringContaining('say --yes')])
    await tenant.graph(`/users/${adele}`, { method: 'PATCH', body: { displayName: 'Adele V.' } })
    const { code, text } = await entrada('provision', 'local', '--user', adele, '--yes', '--json')
    const result = JSON.parse(text) as OnDemandResult
    expect(code).toBe(0)
    expect(result).toMatchObject({ action: 'update', status: 'success', reason: null })
    expect(result.changes).toContainEqual({ attribute: 'name.formatted', before: 'Adele Vance', after: 'Adele V.' })
    expect(result.steps.map(({ type }) => type)).toEqual(expect.arrayContaining(['import', 'scoping', 'export']))
    const again = await entrada('provision', 'local', '--user', adele, '--yes')
    expect([again.code, again.text]).toEqual([0, expect.stringMatching(/other, skipped.*\n {2}RedundantExport/s)])
  })

  test('a target that refuses: who fails, why, and what to do; then quarantine, and then all clear again', async () => {
    const fault = { side: 'target', path: '/Users', method: 'PATCH', times: 1000, status: 409, body: {} }
    await tenant.graph(`/users/${adele}`, { method: 'PATCH', body: { displayName: 'Adele' } })
    await tenant.control('/faults', { method: 'POST', body: fault })
    await tenant.control('/cycle', { method: 'POST', body: {} })
    const failing = await status()
    expect(failing.local.log?.failing).toMatchObject([{ name: adele, code: 'EntryConflict', action: 'update' }])
    expect(failing.local.inError).toBe(1)
    expect(failing.local.problems[0]).toEqual({
      what: expect.stringMatching(`^${adele} fails \\(EntryConflict\\)`),
      fix: expect.stringMatching(/matching attribute/),
    })
    const { text } = await entrada('logs', 'local', '--failed')
    expect(text).toMatch(
      new RegExp(`! update {3}failure {2}user {3}${adele}\n {4}EntryConflict: .*\n {4}Change the attribute`),
    )

    await tenant.control('/faults', { method: 'DELETE' })
    await tenant.control('/faults', {
      method: 'POST',
      body: { side: 'target', path: '/scim/v2', times: 1000, status: 401, body: {} },
    })
    await tenant.control('/cycle', { method: 'POST', body: {} })
    const { local, code } = await status()
    expect(code).toBe(2)
    expect(local.job).toMatchObject({ code: 'Quarantine' })
    expect(local.nextCycle).toBe(local.quarantine!.nextAttempt)
    expect(local.problems[0]!.what).toMatch(/^in quarantine since .*, the credentials do not work/)
    await tenant.control('/faults', { method: 'DELETE' })
    await tenant.control('/cycle', { method: 'POST', body: {} })
    const { local: well } = await status()
    expect(well).toMatchObject({ quarantine: null, log: { failing: [] }, inError: 0 })
  })

  test('what may not be read is said to be unknown, and the rest is told', async () => {
    const body = { path: '/auditLogs', times: 1000, status: 403, body: { error: { code: 'Forbidden', message: 'no' } } }
    await tenant.control('/faults', { method: 'POST', body })
    const { local } = await status()
    await tenant.control('/faults', { method: 'DELETE' })
    expect(local).toMatchObject({ log: null, job: { on: true } })
    expect(local.unknown).toEqual([expect.stringMatching(/^the provisioning log: .*ProvisioningLog\.Read\.All/s)])
  })

  test('provisioning that somebody stopped is told', async () => {
    const job = tenant.resource(await tenant.state(), 'ProvisioningJob')
    await tenant.graph(`${job.id}/pause`, { method: 'POST' })
    const { local } = await status()
    expect(local.job).toMatchObject({ on: false })
    expect(local.problems[0]!.what).toMatch(/stopped .* though the stack's file says on/)
  })
})
