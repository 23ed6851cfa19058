import { beforeEach, describe, expect, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { existingServer, fittedTo } from './existingServer.ts'
import type { ContainerAppSettings } from './settings.ts'

let answer: () => Record<string, unknown>

beforeEach(async () => {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: '', state: {} }), call: () => answer() })
})

const look = () => existingServer({ resourceGroupName: 'identity', serverName: 'contoso' })
const refused = (message: string) => () => {
  // The SDK reads it where gRPC has it.
  throw Object.assign(new Error(message), { details: message })
}

describe('a database server', () => {
  test('that is there tells its storage, and whether it is private', async () => {
    answer = () => ({ storage: { storageSizeGB: 64 }, network: { publicNetworkAccess: 'Enabled' } })
    expect(await look()).toEqual({ storageGb: 64, private: false })
    answer = () => ({ storage: { storageSizeGB: 128 }, network: { delegatedSubnetResourceId: 'subnet' } })
    expect(await look()).toEqual({ storageGb: 128, private: true })
  })

  test.each([
    'Status=404 Code="ResourceNotFound" Message="The Resource was not found."',
    'Code="ResourceGroupNotFound" Message="Resource group \'identity\' could not be found."',
    'GET https://management.azure.com/…\nRESPONSE 404: 404 Not Found',
  ])('is not there: %s', async (message) => {
    answer = refused(message)
    expect(await look()).toBeUndefined()
  })

  test('that may not be read is not taken for one that is not there', async () => {
    answer = refused('Status=403 Code="AuthorizationFailed"')
    await expect(look()).rejects.toThrow(/does not tell whether the database server contoso is there.*Authoriz/s)
  })
})

describe('settings', () => {
  const settings = (storageGb: number, privately: boolean) =>
    ({ database: { storageGb }, network: { private: privately } }) as ContainerAppSettings

  test.each([
    [32, 64, 64],
    [128, 64, 128],
  ])('%i GiB, where the server has %i, are %i', (wanted, storageGb, expected) => {
    expect(fittedTo({ storageGb, private: true }, settings(wanted, true)).database.storageGb).toBe(expected)
  })

  test('that would replace the server for its network are refused with the choices', () => {
    expect(() => fittedTo({ storageGb: 32, private: false }, settings(32, true))).toThrow(
      /private is true, as it is in production by default, but .* public address already.*Set entrada:target\.network\.private to false/,
    )
    expect(() => fittedTo({ storageGb: 32, private: true }, settings(32, false))).toThrow(
      /private is false, as it is in a test by default, but .* private address already.*to true/,
    )
  })
})
