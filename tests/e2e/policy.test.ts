import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { STACK } from '../../cli/local/folder.ts'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, run, startTenant, type Tenant } from './harness.ts'
import { startAnyProvider } from './policy/anyProvider.ts'

jest.setTimeout(180_000)

const PACK = ['--policy-pack', path.join(root, 'policy')]

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant?.stop())

/** `level name (type: resource)` of each violation. */
function violationsIn({ text }: Outcome): string[] {
  const found = text.matchAll(/\[(advisory|mandatory)\]\s+(\S+)\s+\((.+): (\S+)\)/g)
  return [...found].map(([, level, name, type, resource]) => `${level} ${name} (${type}: ${resource})`).sort()
}

function settings(content: object): string[] {
  const file = path.join(tenant.folder.path, 'policy.json')
  writeFileSync(file, JSON.stringify(content))
  return ['--policy-pack-config', file]
}

describe('the local stack', () => {
  const preview = (...more: string[]) => tenant.pulumi('preview', '--stack', STACK, ...PACK, ...more)
  const jobs = `(entrasync:index:ProvisioningJob: tenant-provisioning)`

  test('keeps to the policies as it is', async () => {
    const outcome = await preview()
    expect(outcome.code).toBe(0)
    expect(outcome.text).toMatch(/Policies:\s+\S+ entrada@v0\.1\.0/)
    expect(violationsIn(outcome)).toEqual([])
  })

  test('with everybody in scope and no reason is stopped before anything is written', async () => {
    tenant.configure((config) => {
      config.scope = 'all'
    })
    const outcome = await tenant.pulumi('up', '--yes', '--stack', STACK, ...PACK)
    expect(outcome.code).not.toBe(0)
    expect(violationsIn(outcome)).toEqual([`mandatory scope-reason ${jobs}`])
    expect(outcome.text).toContain('scope is all, and scopeReason is not set. Set entrada:scope to assigned')
    expect((await tenant.state()).filter(({ type }) => type.startsWith('entrasync:'))).toEqual([])
    const { value } = await tenant.graph<{ value: { displayName: string }[] }>('/applications')
    expect(value.map(({ displayName }) => displayName)).not.toContain('M-Files')
  })

  test('goes on once the reason is given; the reason stands in the state', async () => {
    tenant.configure((config) => {
      config.scopeReason = 'agreed by the works council'
      config.waitForFirstCycle = false
    })
    const outcome = await tenant.up(...PACK)
    expect([outcome.code, violationsIn(outcome)]).toEqual([0, []])
    const { inputs } = tenant.resource(await tenant.state(), 'ProvisioningJob')
    expect(inputs).toMatchObject({ scope: 'all', scopeReason: 'agreed by the works council' })
  })

  test('is held to production where the settings of the pack say so', async () => {
    tenant.configure((config) => {
      delete config.notificationEmail
      config.accidentalDeletions = { threshold: 60 }
    })
    expect(violationsIn(await preview())).toEqual([])
    const strict = { 'failure-mail': { production: true }, 'deletion-guard': { maximum: 50 } }
    const outcome = await preview(...settings(strict))
    expect(outcome.code).not.toBe(0)
    expect(violationsIn(outcome)).toEqual([`mandatory deletion-guard ${jobs}`, `mandatory failure-mail ${jobs}`])
  })
})

describe('a target in Azure', () => {
  test('with every fault hears of every fault; secrets are not shown, unknown values tolerated', async () => {
    const provider = await startAnyProvider()
    const folder = path.join(tenant.folder.path, 'azure')
    mkdirSync(folder)
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
    copyFileSync(path.join(root, 'tests/e2e/policy/azure.mjs'), path.join(folder, 'index.mjs'))
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "main": "index.mjs" }')
    const runtime = '{ name: nodejs, options: { typescript: false } }'
    writeFileSync(path.join(folder, 'Pulumi.yaml'), `name: entrada\nmain: index.mjs\nruntime: ${runtime}\n`)
    const env = { ...tenant.env, ENTRADA_ROOT: root, PULUMI_DEBUG_PROVIDERS: `azure-native:${provider.port}` }
    const pulumi = (...args: string[]) =>
      run(tenant.engine, [...args, '--stack', 'azure', '--non-interactive', '--color=never'], folder, env)
    try {
      await pulumi('stack', 'init')
      const outcome = await pulumi('preview', ...PACK)
      expect(violationsIn(outcome)).toEqual([
        'advisory tags (azure-native:app/v20240301:ContainerApp: app)',
        'advisory tags (azure-native:containerregistry:Registry: registry)',
        'advisory tags (azure-native:dbforpostgresql:Server: database)',
        'mandatory container-app-replicas (azure-native:app/v20240301:ContainerApp: app)',
        'mandatory database-network (azure-native:dbforpostgresql:FirewallRule: everybody)',
        'mandatory database-network (azure-native:dbforpostgresql:Server: database)',
        'mandatory database-sign-in (azure-native:dbforpostgresql:Server: database)',
        'mandatory database-sign-in (azure-native:dbforpostgresql:Server: database)',
        'mandatory https-only (azure-native:app/v20240301:ContainerApp: app)',
        'mandatory key-vault-purge (azure-native:keyvault:Vault: vault)',
        'mandatory no-secret-in-clear (azure-native:app/v20240301:ContainerApp: app)',
        'mandatory registry-access (azure-native:containerregistry:Registry: registry)',
      ])
      expect(outcome.text).toContain('configuration.secrets[0].value is named like a secret')
      expect(outcome.text.slice(outcome.text.indexOf('Policies:'))).not.toContain('hush-hush')

      const blind = await pulumi('preview', ...PACK, ...settings({ 'no-secret-in-clear': 'mandatory' }))
      expect(blind.text).toContain('at this level the engine does not show what is secret')
    } finally {
      provider.stop()
    }
  })
})
