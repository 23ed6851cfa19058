import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

interface Sku {
  capabilityStatus: string
  servicePlans: { servicePlanName: string; provisioningStatus: string }[]
}
const plans = async () => {
  const { body } = await sandbox.graph('GET', '/subscribedSkus')
  const names = (body.value as Sku[]).flatMap(({ servicePlans }) => servicePlans.map((plan) => plan.servicePlanName))
  return names.filter((name) => name.startsWith('AAD_PREMIUM'))
}

test('the tenant has bought Entra ID P2, and what the setting says', async () => {
  expect(await plans()).toEqual(['AAD_PREMIUM', 'AAD_PREMIUM_P2'])
  await sandbox.control('POST', '/settings', { premiumLicence: 'P1' })
  expect(await plans()).toEqual(['AAD_PREMIUM'])
  await sandbox.control('POST', '/settings', { premiumLicence: 'none' })
  expect(await plans()).toEqual([])
})

test('only $select is taken', async () => {
  const { body } = await sandbox.graph('GET', '/subscribedSkus?$select=skuPartNumber')
  expect(body.value).toEqual([{ skuPartNumber: 'FLOW_FREE' }, { skuPartNumber: 'AAD_PREMIUM_P2' }])
  expect((await sandbox.graph('GET', "/subscribedSkus?$filter=skuPartNumber eq 'x'")).status).toBe(400)
})

test.each([
  [['LicenseAssignment.Read.All'], 200],
  [['Organization.Read.All'], 200],
  [['Application.ReadWrite.All', 'User.Read.All'], 403],
])('with %j the answer is %i', async (permissions, status) => {
  const authorization = `Bearer ${await sandbox.tokenWith(permissions)}`
  expect((await sandbox.send('GET', '/v1.0/subscribedSkus', undefined, { authorization })).status).toBe(status)
})
