import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { azureNames } from '../../../azure/names.ts'
import { makePlace } from './place.ts'
import type { ContainerAppSettings } from './settings.ts'

beforeEach(async () => {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) })
})
afterEach(() => {
  jest.restoreAllMocks()
})

const surroundings = { subscriptionId: 'subscription', tenantId: 'tenant', managers: [], readers: [] }
const names = azureNames({ tenantId: 'tenant', project: 'entrada', stack: 'contoso' })

function placeIn(region: string) {
  const warn = jest.spyOn(pulumi.log, 'warn').mockResolvedValue()
  const settings = { region, environment: 'test', tags: { owner: 'identity' } } as unknown as ContainerAppSettings
  const place = makePlace(
    'target',
    settings,
    names,
    surroundings,
    new pulumi.ComponentResource('test:index:Any', 'any'),
  )
  return { place, warnings: warn.mock.calls.map(([message]) => message) }
}

test('tags are such as private DNS zones take', () => {
  const { tags } = placeIn('westeurope').place
  expect(tags).toEqual({ owner: 'identity', 'entrada-stack': pulumi.getStack(), 'managed-by': 'pulumi' })
  for (const tag of Object.keys(tags)) expect(tag).toMatch(/^[a-z_][\w.-]*$/i)
})

test('a region that is not known is used, with a warning', () => {
  expect(placeIn('westeurope').warnings).toEqual([])
  const { place, warnings } = placeIn('westus4')
  expect(place.location).toBe('westus4')
  expect(warnings).toEqual(['westus4 is none of the regions that Entrada knows; a new one may be right'])
})
