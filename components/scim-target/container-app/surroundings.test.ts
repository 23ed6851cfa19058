import { beforeEach, expect, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { azureAnswer, RUNNER, TENANT } from '../../../tests/azure/outputs.ts'
import { lookUp } from './surroundings.ts'

let runnersTenant: string

beforeEach(async () => {
  runnersTenant = TENANT
  await pulumi.runtime.setMocks({
    newResource: () => ({ id: '', state: {} }),
    call: ({ token, inputs }) => ({
      ...azureAnswer(token, inputs),
      ...(token.startsWith('azuread:index/getClientConfig') && { tenantId: runnersTenant }),
    }),
  })
})

test('who runs this manages the service, and the administrators do, each once', async () => {
  const { managers, tenantId } = await lookUp(['SCIM Administrators', 'Adele@contoso.example', RUNNER.toUpperCase()])
  expect(tenantId).toBe(TENANT)
  expect(managers).toEqual([RUNNER, '44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555'])
})

test('nobody is asked for where no administrator is named', async () => {
  expect((await lookUp([])).managers).toEqual([RUNNER])
})

test('another cloud is refused: its addresses are others', async () => {
  await expect(lookUp([], {}, { ARM_ENVIRONMENT: 'china' })).rejects.toThrow(
    'public cloud only, and ARM_ENVIRONMENT is china',
  )
})

test('a subscription of another tenant is refused: its identities would not be trusted', async () => {
  runnersTenant = '77777777-7777-4777-8777-777777777777'
  await expect(lookUp([])).rejects.toThrow(
    /the subscription belongs to the Entra tenant 1111.*Set azure-native:subscriptionId/,
  )
})
