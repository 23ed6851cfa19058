import { expect, test } from '@jest/globals'
import { azureRegistryOf, parseImage } from './image.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

test.each([
  ['ghcr.io/contoso/scim:1.4', { registry: 'ghcr.io', repository: 'contoso/scim', tag: '1.4' }],
  [`ghcr.io/contoso/scim@${digest}`, { registry: 'ghcr.io', repository: 'contoso/scim', digest }],
  [`contoso.azurecr.io/scim:1@${digest}`, { registry: 'contoso.azurecr.io', repository: 'scim', tag: '1', digest }],
  ['registry.contoso.example:5000/a/b-c', { registry: 'registry.contoso.example:5000', repository: 'a/b-c' }],
])('%s', (text, parts) => expect(parseImage(text)).toEqual(parts))

test.each([
  'scim',
  'contoso/scim:1',
  'ghcr.io/',
  'ghcr.io/Scim',
  'ghcr.io/scim:',
  'ghcr.io/scim@sha256:12',
  'https://ghcr.io/scim',
])('%s is no reference that names its registry', (text) => expect(parseImage(text)).toBeUndefined())

test('a registry of Azure is known by its host', () => {
  expect(azureRegistryOf('contoso.azurecr.io')).toBe('contoso')
  expect(azureRegistryOf('ghcr.io')).toBeUndefined()
})
