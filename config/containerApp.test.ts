import { describe, expect, test } from '@jest/globals'
import { parseStackConfig, StackConfigError } from './parse.ts'

const image = `ghcr.io/contoso/entrada-scim@sha256:${'0123456789abcdef'.repeat(4)}`
const least = { kind: 'containerApp', region: 'westeurope', image }

const tagged = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']))
const certificateId =
  '/subscriptions/7b0c1f5e-5a52-4b0e-9f6b-0f6f0c1f2a33/resourceGroups/identity/providers/Microsoft.App/managedEnvironments/entrada-contoso/certificates/contoso'

const parse = (target: object) =>
  parseStackConfig({ 'entrada:application': 'M-Files', 'entrada:target': { ...least, ...target } })

function faults(target: object): readonly string[] {
  try {
    parse(target)
  } catch (error) {
    if (error instanceof StackConfigError) return error.faults
    throw error
  }
  return []
}

describe('settings that are accepted', () => {
  test('a region and an image are enough; the defaults are those of a production target', () => {
    expect(parse({}).target).toEqual({
      ...least,
      environment: 'production',
      cpu: 0.5,
      minReplicas: 2,
      maxReplicas: 6,
      database: {
        sku: 'Standard_D2ds_v5',
        storageGb: 32,
        version: '17',
        highAvailability: 'off',
        backupDays: 14,
        geoRedundantBackup: false,
      },
      network: { private: true, addressSpace: '10.90.0.0/24', zoneRedundant: false },
      tenant: 'default',
      administrators: [],
      runners: [],
      readers: [],
      names: {},
      tags: {},
    })
  })

  test('a region as the portal shows it, a version as YAML reads it', () => {
    expect(parse({ region: 'West Europe', database: { version: 16 } }).target).toMatchObject({
      region: 'westeurope',
      database: { version: '16' },
    })
  })

  test('a test has its database in public by default', () => {
    expect(parse({ environment: 'test' }).target).toMatchObject({ network: { private: false } })
  })

  test.each([
    [
      'one replica for tests',
      { environment: 'test', minReplicas: 1, maxReplicas: 1, database: { sku: 'Standard_B1ms' } },
    ],
    ['memory that goes with the processor', { cpu: 1.25, memory: '2.5Gi' }],
    ['an image by tag', { image: 'ghcr.io/contoso/entrada-scim:1.4' }],
    ['an image that is built', { image: undefined, build: true }],
    ['an image in an Azure registry', { image: 'contoso.azurecr.io/scim:1', registry: { name: 'contoso' } }],
    ['a built image in a registry that is there', { image: undefined, build: true, registry: { name: 'contoso' } }],
    ['a network', { network: { private: true, zoneRedundant: true, addressSpace: '192.168.4.0/26' } }],
    ['a test in a network', { environment: 'test', network: { private: true, zoneRedundant: true } }],
    ['zones in the network that production has by default', { network: { zoneRedundant: true } }],
    ['a region that is new', { region: 'westus4' }],
    ['as many tags as a vault’s key takes', { tags: tagged(13) }],
    ['a certificate in the environment', { domain: { name: 'scim.contoso.com', certificateId } }],
    ['an administrator by name', { administrators: ['SCIM administrators', 'adele@contoso.example'] }],
  ])('%s', (_, target) => expect(() => parse(target)).not.toThrow())
})

describe('settings that are refused', () => {
  test('everything wrong is said at once, single settings and what does not go together', () => {
    expect(
      faults({
        region: 'west/europe',
        image: 'entrada-scim',
        build: true,
        enviroment: 'prod',
        cpu: 0.3,
        minReplicas: 3,
        maxReplicas: 2,
        database: {
          sku: 'Standard_B2s',
          storageGb: 100,
          version: '14',
          highAvailability: 'zoneRedundant',
          backupDays: 90,
        },
        network: { private: false, addressSpace: '8.8.0.0/16', zoneRedundant: true },
        names: { keyVault: 'contoso--vault', registry: 'contoso-images' },
        administrators: 'adele',
        runners: ['ci@contoso.example'],
        alerts: { email: 'ops' },
        tags: { 'managed-by': 'me', cost: 12 },
      }),
    ).toMatchSnapshot()
  })

  test.each([
    [
      'an embedded database',
      { database: 'embedded' },
      'entrada:target.database is "embedded": containers lose their disk',
    ],
    [
      'readers without who updates',
      { readers: ['6f1c9a52-8f0e-4a55-9b0c-2f7f0a3b9d11'] },
      'entrada:target.readers is a list: name in runners who updates the stack',
    ],
    ['no image', { image: undefined }, 'entrada:target.image is missing: name the image'],
    ['an image without tag and digest', { image: 'ghcr.io/contoso/scim' }, 'it must end with a digest'],
    ['two images', { build: true }, 'entrada:target.build is true: image is given too'],
    [
      'an Azure registry that is not named',
      { image: 'contoso.azurecr.io/scim:1' },
      'entrada:target.registry is missing: the image is in an Azure registry; give { name: contoso',
    ],
    [
      'another registry than that of the image',
      { registry: { name: 'contoso' } },
      'entrada:target.registry.name is "contoso": the image is in ghcr.io',
    ],
    [
      'names for a new and an existing group',
      { resourceGroup: 'identity', names: { resourceGroup: 'identity' } },
      'entrada:target.names.resourceGroup is "identity": it is for a new one',
    ],
    [
      'names for a new and an existing registry',
      { image: undefined, build: true, registry: { name: 'contoso' }, names: { registry: 'contoso2' } },
      'it is for a new registry',
    ],
    ['memory of another processor', { memory: '4Gi' }, 'entrada:target.memory is "4Gi": with cpu 0.5 it must be 1Gi'],
    ['one replica in production', { minReplicas: 1 }, 'production needs 2 or more'],
    [
      'more replicas than connections',
      { database: { sku: 'Standard_B1ms' }, maxReplicas: 20 },
      'Standard_B1ms has connections for 8 replicas at most',
    ],
    ['very many replicas', { maxReplicas: 51 }, 'it must be 50 or fewer'],
    ['zones without a network', { network: { private: false, zoneRedundant: true } }, 'set private: true too'],
    [
      'zones in a test, which has no network by default',
      { environment: 'test', network: { zoneRedundant: true } },
      'set private: true too',
    ],
    [
      'a region that is misspelt',
      { region: 'West Europ' },
      'entrada:target.region is "West Europ": it must be a region of Azure; did you mean westeurope?',
    ],
    [
      'a size with a letter too many',
      { database: { sku: 'Standard_D2dds_v5' } },
      'e.g. Standard_D2ds_v5, Standard_B1ms; did you mean Standard_D2ds_v5?',
    ],
    [
      'a size that its series does not have',
      { database: { sku: 'Standard_D20ds_v5' } },
      'entrada:target.database.sku is "Standard_D20ds_v5": it must be a size of a PostgreSQL flexible server',
    ],
    [
      'a certificate that is no resource',
      { domain: { name: 'scim.contoso.com', certificateId: 'foo' } },
      'entrada:target.domain.certificateId is "foo": it must be the resource id of a certificate in the environment',
    ],
    ['a bad domain', { domain: { name: 'https://scim.contoso.com' } }, 'it must be a host name of up to 64'],
    ['a path of the service as tenant', { tenant: 'admin' }, "none of the service's own paths"],
    [
      'a name that Azure refuses',
      { names: { app: 'Contoso' } },
      'entrada:target.names.app is "Contoso": it must be 2 to 32 small letters',
    ],
    ['a tag that Azure refuses', { tags: { 'a/b': 'x' } }, 'entrada:target.tags.a/b is "x": a tag’s name'],
    [
      'a tag that a DNS zone drops',
      { tags: { 'billing:code': 'x' } },
      'entrada:target.tags.billing:code is "x": a tag’s name must be up to 128 letters, digits and . _ -',
    ],
    ['a tag of our own', { tags: { 'entrada-stack': 'x' } }, 'Entrada sets it itself'],
    [
      'too many tags',
      { tags: tagged(14) },
      'these are 14 tags; allowed are 13: keys of a vault and private DNS zones take 15, and Entrada sets 2',
    ],
  ])('%s', (_, target, expected) => {
    const found = faults(target)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })
})
