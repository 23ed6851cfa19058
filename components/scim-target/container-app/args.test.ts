import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { logRules, metricRules, WAITING } from './alertRules.ts'
import { configurationOf, environmentOf, templateOf } from './appArgs.ts'
import { azureServicesOnly, serverArgs } from './databaseArgs.ts'
import type { DatabaseSettings } from './settings.ts'
import { vaultProperties } from './vaultArgs.ts'

const database: DatabaseSettings = {
  sku: 'Standard_D2ds_v5',
  storageGb: 64,
  version: '17',
  highAvailability: 'off',
  backupDays: 14,
  geoRedundantBackup: false,
}
const sized = { cpu: 0.75, minReplicas: 2, maxReplicas: 6, tenant: 'contoso', database }
const parts = {
  identityClientId: 'identity',
  databaseUrl: 'postgres://me@server:5432/scim?sslmode=verify-full',
  keyUri: 'https://vault/keys/scim',
  tenantId: 'tenant',
  applicationClientId: 'application',
  publicUrl: 'https://scim.contoso.example',
}

// What the arguments come from is plain here; in the program it is known later.
type Plain = Record<string, never> & Record<string, unknown>
const plain = (value: unknown) => value as Plain

describe('the database server', () => {
  test('knows no passwords, wherever it is', () => {
    const network = { subnetId: 'subnet', dnsZoneId: 'zone' }
    for (const place of [undefined, network])
      expect(serverArgs(database, 'tenant', place).authConfig).toEqual({
        activeDirectoryAuth: 'Enabled',
        passwordAuth: 'Disabled',
        tenantId: 'tenant',
      })
  })

  test('is private in a network; without one, only services of Azure reach it', () => {
    expect(serverArgs(database, 'tenant', { subnetId: 'subnet', dnsZoneId: 'zone' }).network).toEqual({
      delegatedSubnetResourceId: 'subnet',
      privateDnsZoneArmResourceId: 'zone',
      publicNetworkAccess: 'Disabled',
    })
    expect(serverArgs(database, 'tenant', undefined).network).toEqual({ publicNetworkAccess: 'Enabled' })
    expect(azureServicesOnly).toEqual({ startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' })
  })

  test('is as large and as safe as was asked for', () => {
    const large = { ...database, sku: 'Standard_E4ds_v5', highAvailability: 'zoneRedundant', geoRedundantBackup: true }
    expect(serverArgs(large as DatabaseSettings, 'tenant', undefined)).toMatchObject({
      version: '17',
      sku: { name: 'Standard_E4ds_v5', tier: 'MemoryOptimized' },
      storage: { storageSizeGB: 64, autoGrow: 'Enabled' },
      backup: { backupRetentionDays: 14, geoRedundantBackup: 'Enabled' },
      highAvailability: { mode: 'ZoneRedundant' },
    })
  })
})

describe('the app', () => {
  const template = plain(templateOf(sized, 'registry/scim@sha256:1', parts))
  const [container] = plain(template).containers as unknown as Plain[]
  const [migration] = plain(template).initContainers as unknown as Plain[]

  test('migrates before it starts, with the same image, size and settings', () => {
    const { name, args, ...rest } = migration!
    const { name: _, probes, ...same } = container!
    expect({ name, args }).toEqual({ name: 'migrate', args: ['migrate'] })
    expect(rest).toEqual(same)
    expect(same.resources).toEqual({ cpu: 0.75, memory: '1.5Gi' })
  })

  test('takes traffic when it is ready, and is restarted when it hangs', () => {
    const probes = (container!.probes as unknown as { type: string; httpGet: { path: string } }[]).map(
      ({ type, httpGet }) => [type, httpGet.path],
    )
    expect(probes).toEqual([
      ['Startup', '/healthz'],
      ['Liveness', '/healthz'],
      ['Readiness', '/readyz'],
    ])
  })

  test('may take longer to end than it needs to drain', () => {
    const { value } = environmentOf(sized, parts).find(({ name }) => name === 'ENTRADA_SCIM_DRAIN_SECONDS')!
    // The service's own limit for requests that are in progress then is ten seconds.
    expect(Number(template.terminationGracePeriodSeconds)).toBeGreaterThan(Number(value) + 10)
  })

  test('has a revision that serves until the next one is ready', () => {
    const exposure = { identityId: 'identity', registryServer: undefined, domain: undefined }
    expect(configurationOf(exposure)).toMatchObject({
      activeRevisionsMode: 'Single',
      ingress: {
        external: true,
        allowInsecure: false,
        targetPort: 8080,
        traffic: [{ latestRevision: true, weight: 100 }],
      },
    })
    expect(configurationOf(exposure)).not.toHaveProperty('registries')
    expect(configurationOf(exposure)).not.toHaveProperty('ingress.customDomains')
    expect(configurationOf({ ...exposure, registryServer: 'contoso.azurecr.io' })).toMatchObject({
      registries: [{ server: 'contoso.azurecr.io', identity: 'identity' }],
    })
  })

  test.each([
    ['managed', { name: 'scim.contoso.example' }, { bindingType: 'Auto' }],
    [
      'given',
      { name: 'scim.contoso.example', certificateId: 'id' },
      { bindingType: 'SniEnabled', certificateId: 'id' },
    ],
  ])('has its domain with a certificate that is %s', (_, domain, binding) => {
    const { ingress } = plain(configurationOf({ identityId: 'identity', registryServer: undefined, domain }))
    expect(plain(ingress).customDomains).toEqual([{ name: 'scim.contoso.example', ...binding }])
  })

  test('shares the connections of a small server among its replicas', () => {
    const small = { ...sized, maxReplicas: 4, database: { ...database, sku: 'Standard_B1ms' } }
    const connections = (of: typeof sized) =>
      environmentOf(of, parts).find(({ name }) => name === 'ENTRADA_SCIM_DATABASE_CONNECTIONS')!.value
    expect([connections(sized), connections(small)]).toEqual(['8', '4'])
  })
})

describe('the vault', () => {
  test('is open to roles only; in a network, to the app only', () => {
    expect(vaultProperties('tenant', true, undefined)).toMatchObject({
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
      softDeleteRetentionInDays: 90,
      networkAcls: { defaultAction: 'Allow' },
    })
    expect(vaultProperties('tenant', false, 'subnet')).toMatchObject({
      networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: 'subnet' }] },
    })
  })

  test('of a test can be purged: Azure would refuse false', () => {
    expect(vaultProperties('tenant', false, undefined)).not.toHaveProperty('enablePurgeProtection')
  })
})

describe('alerts', () => {
  const log = (wanted: string) => logRules('entrada-contoso').find(({ key }) => key === wanted)!

  /** Whether a line has the words that a query asks for: `has` finds whole words in any case, `has_any` one of them. */
  function found(query: string, line: string): boolean {
    const words = line.toLowerCase().split(/[^a-z0-9]+/)
    const asked = [...query.matchAll(/Log has(?:_any)? \(?((?:"\w+"(?:, )?)+)/g)]
    expect(asked.length).toBeGreaterThan(0)
    return asked.every(([, list]) => [...list!.matchAll(/\w+/g)].some(([word]) => words.includes(word)))
  }

  test('each rule has a name of its own', () => {
    const keys = [...metricRules('Standard_D2ds_v5'), ...logRules('app')].map(({ key }) => key)
    expect(keys).toEqual([...new Set(keys)])
  })

  test('the limit of connections goes by the size of the server', () => {
    const limit = (sku: string) => metricRules(sku).find(({ key }) => key === 'database-connections')!.threshold
    expect([limit('Standard_B1ms'), limit('Standard_D2ds_v5')]).toEqual([28, 675])
  })

  test('who waits is looked for in the words that the service logs', () => {
    expect(readFileSync(new URL('../../../scim/storage/upkeep.ts', import.meta.url), 'utf8')).toContain(`'${WAITING}'`)
    expect(log('waiting').query).toMatch(/ContainerAppName == "entrada-contoso"/)
  })

  test('a cycle that fails is told of, although it makes no more than a request or two', () => {
    const errors = metricRules('Standard_D2ds_v5').find(({ key }) => key === 'errors')
    expect(errors).toMatchObject({ operator: 'GreaterThan', threshold: 0, window: 'PT1H' })
  })

  // As the platform words it in different versions.
  test.each([
    'Probe of Readiness failed with status code: 503',
    'Probe of Readiness failed with timeout in 3 seconds.',
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    'Readiness Probe with executor HttpGetExecutor reached failure threshold 3, changing status to Failure.',
    'Probe of StartUp failed with status code: 1',
  ])('a replica that is not ready is found by: %s', (line) => {
    expect(found(log('not-ready').query, line)).toBe(true)
  })

  test.each([
    'Successfully updated containerApp: entrada-contoso',
    'Probe of Liveness failed with timeout in 3 seconds.',
  ])('and not by: %s', (line) => expect(found(log('not-ready').query, line)).toBe(false))

  test('a replica that starts is no alert, and one that stays unready is', () => {
    const [{ probes }] = plain(templateOf(sized, 'image', parts)).containers as unknown as [
      { probes: { type: string; periodSeconds: number; failureThreshold: number }[] },
    ]
    const { periodSeconds, failureThreshold } = probes.find(({ type }) => type === 'Startup')!
    // What takes less than a minute lies in two of them at most.
    expect(periodSeconds * failureThreshold).toBeLessThan(60)
    expect(log('not-ready').threshold).toBe(2)
  })
})
