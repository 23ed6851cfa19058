/** Which tenant a stack is in: by its file, by the environment, and what happens when that changes. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { type StateResource, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

const ELSEWHERE = '8d5c1e6a-53b4-4b39-9f0a-0a9f4b8c2d11'

let tenant: Tenant
let made: string[]
beforeAll(async () => {
  tenant = await startTenant()
  tenant.configure((config) => {
    config.waitForFirstCycle = false
  })
  const { code, text } = await tenant.up()
  if (code !== 0) throw new Error(text)
  made = ids(await tenant.state())
})
afterAll(() => tenant?.stop())

const ids = (state: StateResource[]) =>
  state.flatMap(({ type, id }) => (type.startsWith('entrasync:') ? [`${type} ${id}`] : [])).sort()

const name = (tenantId: string | undefined) =>
  tenant.configure((config) => {
    if (tenantId) config.tenantId = tenantId
    else delete config.tenantId
  })

async function inEnvironment(tenantId: string, work: () => Promise<void>): Promise<void> {
  const kept = tenant.env
  tenant.env = { ...kept, ARM_TENANT_ID: tenantId }
  await work().finally(() => {
    tenant.env = kept
  })
}

async function refused(): Promise<void> {
  const preview = await tenant.pulumi('preview', '--stack', 'local')
  expect(preview.code).not.toBe(0)
  expect(preview.text).toMatch(new RegExp(`in tenant .*, but tenant ${ELSEWHERE} was given`))
  const up = await tenant.up()
  expect(up.code).not.toBe(0)
  expect(ids(await tenant.state())).toEqual(made)
}

test('a stack whose tenant comes from the environment does not follow it into another one', async () => {
  await inEnvironment(ELSEWHERE, refused)
})

test('a wrong tenant in the file of a stack that is there is refused', async () => {
  name(ELSEWHERE)
  await refused()
})

test('naming the tenant in the file replaces nothing, by id and by domain', async () => {
  for (const tenantId of [tenant.services.sandbox.tenantId, 'entrada-sandbox.example']) {
    name(tenantId)
    const steps = await tenant.changes()
    expect(steps.filter(({ urn }) => !urn.includes('pulumi:providers:'))).toEqual([])
    const { code, text } = await tenant.up()
    expect([code, text]).toEqual([0, expect.not.stringContaining('replace')])
    expect(ids(await tenant.state())).toEqual(made)
  }
})

test('the file’s tenant is the one that is reached, whatever the environment says: update, refresh, refusal of another', async () => {
  await inEnvironment(ELSEWHERE, async () => {
    tenant.configure((config) => {
      config.notificationEmail = 'other@entrada-sandbox.example'
    })
    const up = await tenant.up()
    expect([up.code, up.text]).toEqual([0, expect.stringContaining('notificationEmail')])
    const refresh = await tenant.pulumi('refresh', '--yes', '--stack', 'local')
    expect([refresh.code, refresh.text]).toEqual([0, expect.anything()])
    expect(ids(await tenant.state())).toEqual(made)
    name(ELSEWHERE)
    await refused()
    name(undefined)
    await refused()
    name(tenant.services.sandbox.tenantId)
    expect((await tenant.up()).code).toBe(0)
  })
})

test('taking the tenant out of the file again replaces nothing, and destroy reaches it', async () => {
  name(undefined)
  const { code, text } = await tenant.up()
  expect([code, text]).toEqual([0, expect.not.stringContaining('replace')])
  expect(ids(await tenant.state())).toEqual(made)
  await inEnvironment(ELSEWHERE, async () => {
    const destroy = await tenant.pulumi('destroy', '--yes', '--stack', 'local')
    expect([destroy.code, destroy.text]).toEqual([0, expect.anything()])
  })
  expect(await tenant.state()).toEqual([])
})
