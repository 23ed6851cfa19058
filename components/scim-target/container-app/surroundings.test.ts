import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { azureAnswer, RUNNER, TENANT } from '../../../tests/azure/outputs.ts'
import { lookUp } from './surroundings.ts'

const NOBODY = { administrators: [], runners: [], readers: [] }

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
  const { managers, tenantId } = await lookUp({
    administrators: ['SCIM Administrators', 'Adele@contoso.example', RUNNER.toUpperCase()],
    runners: [],
    readers: [],
  })
  expect(tenantId).toBe(TENANT)
  expect(managers).toEqual([RUNNER, '44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555'])
})

test('nobody is asked for where no administrator is named', async () => {
  expect((await lookUp(NOBODY)).managers).toEqual([RUNNER])
})

describe('those who run it, where they are listed,', () => {
  const OTHER = 'B8888888-8888-4888-8888-888888888888'
  let warned: unknown[]
  beforeEach(() => {
    warned = []
    jest.spyOn(pulumi.log, 'warn').mockImplementation(async (message) => void warned.push(message))
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })
  const managers = async (runners: string[]) => (await lookUp({ ...NOBODY, runners })).managers

  test('get the role, whoever runs it this time', async () => {
    expect(await managers([OTHER, RUNNER.toUpperCase()])).toEqual([OTHER.toLowerCase(), RUNNER])
    expect(warned).toEqual([])
  })

  test('and nobody else, which whoever runs it is told', async () => {
    expect(await managers([OTHER])).toEqual([OTHER.toLowerCase()])
    expect(warned).toEqual([expect.stringMatching(new RegExp(`${RUNNER}, is not among entrada:target.runners`))])
  })
})

test('who only reads is none of the managers, and who manages needs no role to read', async () => {
  const warn = jest.spyOn(pulumi.log, 'warn').mockImplementation(async () => {})
  const UPDATER = 'b8888888-8888-4888-8888-888888888888'
  const found = await lookUp({
    administrators: [],
    runners: [UPDATER],
    readers: [RUNNER, RUNNER, UPDATER.toUpperCase()],
  })
  expect(found).toMatchObject({ managers: [UPDATER], readers: [RUNNER] })
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

test('another cloud is refused: its addresses are others', async () => {
  await expect(lookUp(NOBODY, {}, { ARM_ENVIRONMENT: 'china' })).rejects.toThrow(
    'public cloud only, and ARM_ENVIRONMENT is china',
  )
})

test('a subscription of another tenant is refused: its identities would not be trusted', async () => {
  runnersTenant = '77777777-7777-4777-8777-777777777777'
  await expect(lookUp(NOBODY)).rejects.toThrow(
    /signed in to in the Entra tenant 1111.*made in 7777.*Name the tenant by entrada:tenantId/,
  )
})
