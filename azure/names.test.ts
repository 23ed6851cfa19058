import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { azureNames, nameFault, nameKinds } from './names.ts'

const origin = { tenantId: 'tenant', project: 'entrada', stack: 'contoso' }

describe('names that are made up', () => {
  test('Azure takes each of them, whatever the stack is called', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 120 })
    fc.assert(
      fc.property(text, text, text, (tenantId, stack, resourceGroup) => {
        const names = azureNames({ tenantId, project: 'entrada', stack, resourceGroup })
        expect(nameKinds.map((kind) => nameFault(kind, names[kind]))).toEqual(nameKinds.map(() => undefined))
      }),
    )
  })

  test('are the same each time, and others for another tenant, project, stack or resource group', () => {
    expect(azureNames(origin)).toEqual(azureNames({ ...origin }))
    const others = [
      { tenantId: 'other' },
      { project: 'other' },
      { stack: 'contoso2' },
      { resourceGroup: 'other' },
      // Only the part that does not fit into a vault's name differs.
      { stack: 'contoso-with-a-long-name-1' },
      { stack: 'contoso-with-a-long-name-2' },
    ]
    const vaults = [origin, ...others.map((other) => ({ ...origin, ...other }))].map((at) => azureNames(at).keyVault)
    expect(new Set(vaults).size).toBe(vaults.length)
  })

  test('tell what they belong to', () => {
    const { app, registry, keyVault } = azureNames({ ...origin, stack: 'Contoso_Files' })
    expect(app).toMatch(/^entrada-contoso-files-[a-z0-9]{6}$/)
    expect(registry).toMatch(/^entradacontosofiles[a-z0-9]{6}$/)
    expect(keyVault).toMatch(/^entrada-contoso-f-[a-z0-9]{6}$/)
  })

  test('make way for those that are given', () => {
    expect(azureNames(origin, { registry: 'contosoimages' }).registry).toBe('contosoimages')
  })
})

describe('names that are given', () => {
  test.each([
    ['registry', 'abcd'],
    ['registry', 'with-hyphen'],
    ['keyVault', 'a'.repeat(25)],
    ['keyVault', '1abc'],
    ['keyVault', 'two--hyphens'],
    ['keyVault', 'ends-'],
    ['database', 'Upper'],
    ['database', 'a'.repeat(64)],
    ['app', 'a'.repeat(33)],
    ['app', '1app'],
    ['environment', 'Env'],
    ['identity', 'ab'],
    ['identity', 'a'.repeat(64)],
    ['logs', 'abc'],
    ['network', 'n'],
    ['network', 'vnet-'],
    ['resourceGroup', 'group.'],
    ['resourceGroup', 'a b'],
  ] as const)('%s %s is refused with what is allowed', (kind, name) => {
    expect(nameFault(kind, name)).toMatch(/^it must be \d+ to \d+ /)
  })

  test.each([
    ['registry', 'abcde'],
    ['keyVault', 'a'.repeat(24)],
    ['database', 'contoso-scim-2'],
    ['app', 'ab'],
    ['identity', 'Contoso_scim-1'],
    ['network', 'vnet_1.a'],
    ['resourceGroup', 'Identity_(prod).2'],
  ] as const)('%s %s is taken', (kind, name) => expect(nameFault(kind, name)).toBeUndefined())
})
