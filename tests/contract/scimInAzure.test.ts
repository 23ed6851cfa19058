/** What the container app is given is what the SCIM service takes: neither part knows the other. */
import { expect, test } from '@jest/globals'
import { environmentOf } from '../../components/scim-target/container-app/appArgs.ts'
import { readOptions, variables } from '../../scim/options.ts'

const ID = '11111111-1111-4111-8111-111111111111'
const URL = 'https://scim.contoso.example'

const given = environmentOf(
  {
    cpu: 0.5,
    minReplicas: 2,
    maxReplicas: 6,
    tenant: 'default',
    database: {
      sku: 'Standard_D2ds_v5',
      storageGb: 32,
      version: '17',
      highAvailability: 'off',
      backupDays: 14,
      geoRedundantBackup: false,
    },
  },
  {
    identityClientId: ID,
    databaseUrl: 'postgres://scim-identity@scim.postgres.database.azure.com:5432/scim?sslmode=verify-full',
    keyUri: 'https://scim-vault.vault.azure.net/keys/scim',
    tenantId: ID,
    applicationClientId: ID,
    publicUrl: URL,
  },
)
const environment = Object.fromEntries(given.map(({ name, value }) => [name, String(value)]))

test('each variable is one that the service reads', () => {
  expect(Object.keys(environment).filter((name) => !variables.includes(name))).toEqual([])
})

test('together they are accepted', () => {
  expect(readOptions([], environment)).toMatchObject({
    identity: ID,
    entraTenant: ID,
    entraClientId: ID,
    publicUrl: URL,
    firstConfiguration: 'none',
  })
})
