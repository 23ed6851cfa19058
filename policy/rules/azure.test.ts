import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { violations } from '../testing.ts'
import { type Props, UNKNOWN, type Value } from '../values.ts'
import { containerAppReplicas } from './containerAppReplicas.ts'
import { databaseNetwork } from './databaseNetwork.ts'
import { databaseSignIn } from './databaseSignIn.ts'
import { httpsOnly } from './httpsOnly.ts'
import { rules } from './index.ts'
import { keyVaultPurge } from './keyVaultPurge.ts'
import { registryAccess } from './registryAccess.ts'
import { TAGGABLE, tags } from './tags.ts'

const APP = 'azure-native:app:ContainerApp'
const SERVER = 'azure-native:dbforpostgresql:Server'
const FIREWALL = 'azure-native:dbforpostgresql:FirewallRule'
const VAULT = 'azure-native:keyvault:Vault'
const REGISTRY = 'azure-native:containerregistry:Registry'
const ACCOUNT = 'azure-native:storage:StorageAccount'

test('container-app-replicas', () => {
  const scaled = (minReplicas: Value): Props => ({ template: { scale: { minReplicas } } })
  const below = 'template.scale.minReplicas is 1, below 2'
  expect(violations(containerAppReplicas, APP, scaled(1))).toEqual([below])
  expect(violations(containerAppReplicas, APP, {})).toEqual(['template.scale.minReplicas is not set, below 2'])
  expect(violations(containerAppReplicas, APP, scaled(2), { settings: { minimum: 3 } })).toHaveLength(1)
  expect(violations(containerAppReplicas, APP, scaled(2))).toEqual([])
  expect(violations(containerAppReplicas, APP, scaled(UNKNOWN))).toEqual([])
  expect(violations(containerAppReplicas, APP, { template: UNKNOWN })).toEqual([])
})

describe('database-network', () => {
  const lax = { settings: { strict: false } }
  const range = (startIpAddress: string, endIpAddress = startIpAddress) => ({ startIpAddress, endIpAddress })

  test('public access is refused altogether', () => {
    expect(violations(databaseNetwork, FIREWALL, range('0.0.0.0'))).toEqual(['it lets in 0.0.0.0 to 0.0.0.0'])
    expect(violations(databaseNetwork, FIREWALL, { startIpAddress: UNKNOWN, endIpAddress: '0.0.0.0' })).toEqual([])
    expect(violations(databaseNetwork, SERVER, {})).toHaveLength(1)
    expect(violations(databaseNetwork, SERVER, { network: { publicNetworkAccess: 'Enabled' } })).toEqual([
      'network.publicNetworkAccess is Enabled',
    ])
    for (const network of [{ publicNetworkAccess: 'Disabled' }, { delegatedSubnetResourceId: UNKNOWN }, UNKNOWN]) {
      expect(violations(databaseNetwork, SERVER, { network: network as Props })).toEqual([])
    }
  })

  test('where strict is off, Azure services may be let in, others not', () => {
    expect(violations(databaseNetwork, SERVER, {}, lax)).toEqual([])
    expect(violations(databaseNetwork, FIREWALL, range('0.0.0.0'), lax)).toEqual([])
    expect(violations(databaseNetwork, FIREWALL, range('0.0.0.0', '255.255.255.255'), lax)).toEqual([
      'it lets in 0.0.0.0 to 255.255.255.255',
    ])
    expect(violations(databaseNetwork, FIREWALL, range('203.0.113.7'), lax)).toHaveLength(1)
  })
})

test('database-sign-in', () => {
  const signIn = (authConfig: Props) => violations(databaseSignIn, SERVER, { authConfig })
  expect(violations(databaseSignIn, SERVER, {})).toHaveLength(2)
  expect(signIn({ passwordAuth: 'Enabled', activeDirectoryAuth: 'Enabled' })).toEqual([
    'authConfig.passwordAuth is Enabled',
  ])
  expect(signIn({ passwordAuth: 'Disabled', activeDirectoryAuth: 'Enabled' })).toEqual([])
  expect(signIn({ passwordAuth: 'Disabled', microsoftEntraAuth: 'Enabled' })).toEqual([])
  expect(signIn({ passwordAuth: UNKNOWN, activeDirectoryAuth: UNKNOWN })).toEqual([])
  expect(violations(databaseSignIn, SERVER, { createMode: 'Replica' })).toEqual([])
})

test('key-vault-purge', () => {
  expect(violations(keyVaultPurge, VAULT, { properties: { enableSoftDelete: false } })).toEqual([
    'properties.enablePurgeProtection is not set',
    'properties.enableSoftDelete is false',
  ])
  for (const enablePurgeProtection of [true, UNKNOWN] as const) {
    expect(violations(keyVaultPurge, VAULT, { properties: { enablePurgeProtection } })).toEqual([])
  }
})

test('registry-access', () => {
  expect(violations(registryAccess, REGISTRY, { adminUserEnabled: true, anonymousPullEnabled: true })).toEqual([
    'adminUserEnabled is true',
    'anonymousPullEnabled is true',
  ])
  expect(violations(registryAccess, REGISTRY, { adminUserEnabled: UNKNOWN })).toEqual([])
  expect(violations(registryAccess, REGISTRY, {})).toEqual([])
})

test('https-only, for what Azure offers in clear', () => {
  const insecure = (allowInsecure: Value): Props => ({ configuration: { ingress: { allowInsecure } } })
  expect(violations(httpsOnly, APP, insecure(true))).toEqual(['configuration.ingress.allowInsecure is true'])
  expect(violations(httpsOnly, APP, insecure(true), { production: false })).toHaveLength(1)
  expect(violations(httpsOnly, APP, insecure(false))).toEqual([])
  expect(violations(httpsOnly, APP, insecure(UNKNOWN))).toEqual([])
  const account = { enableHttpsTrafficOnly: false, minimumTlsVersion: 'TLS1_0' }
  expect(violations(httpsOnly, ACCOUNT, account)).toHaveLength(2)
  expect(violations(httpsOnly, ACCOUNT, { minimumTlsVersion: 'TLS1_2' })).toEqual([])
  const configuration = 'azure-native:dbforpostgresql:Configuration'
  const transport = (value: string) => ({ configurationName: 'require_secure_transport', value })
  expect(violations(httpsOnly, configuration, transport('OFF'))).toEqual(['require_secure_transport is off'])
  expect(violations(httpsOnly, configuration, transport('on'))).toEqual([])
  expect(violations(httpsOnly, configuration, { configurationName: 'azure.extensions', value: 'off' })).toEqual([])
})

describe('tags', () => {
  test('asks for the required ones', () => {
    expect(violations(tags, APP, {})).toEqual(['tags lacks entrada-stack, managed-by'])
    expect(violations(tags, APP, { tags: { 'entrada-stack': 'contoso', 'managed-by': UNKNOWN } })).toEqual([])
    expect(violations(tags, APP, { tags: UNKNOWN })).toEqual([])
    expect(violations(tags, APP, { tags: {} }, { settings: { required: ['owner'] } })).toEqual(['tags lacks owner'])
  })

  test('of types that have tags', () => {
    const types = ['azure-native:web:WebApp']
    expect(violations(tags, FIREWALL, {})).toEqual([])
    expect(violations(tags, types[0]!, {})).toEqual([])
    expect(violations(tags, types[0]!, {}, { settings: { types } })).toHaveLength(1)
  })

  const sdk = path.dirname(createRequire(import.meta.url).resolve('@pulumi/azure-native/package.json'))
  test.each(TAGGABLE)('%s has them in the SDK', (type) => {
    const [module, name] = type.split(':') as [string, string]
    const stem = path.join(sdk, module, name[0]!.toLowerCase() + name.slice(1))
    const file = existsSync(`${stem}.d.ts`) ? `${stem}.d.ts` : path.join(sdk, module, `${name.toLowerCase()}.d.ts`)
    expect(readFileSync(file, 'utf8').split(`interface ${name}Args`)[1]).toContain('tags?:')
  })
})

test('rules for production say nothing of a test', () => {
  const only = rules.filter(({ production }) => production === 'only')
  expect(only.map(({ name }) => name)).toEqual([
    'failure-mail',
    'container-app-replicas',
    'database-network',
    'database-sign-in',
    'key-vault-purge',
    'registry-access',
  ])
  for (const rule of only) {
    for (const type of [APP, SERVER, VAULT]) expect(violations(rule, type, {}, { production: false })).toEqual([])
  }
})
