import { expect, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { ACCESSES as known } from '../provider/graph/neededPermissions.ts'
import { ACCESSES, isPreviewOfReader } from './access.ts'

const begin = (isPreview: boolean) =>
  pulumi.runtime.setMocks(
    { newResource: () => ({ id: '', state: {} }), call: () => ({}) },
    'entrada',
    'contoso',
    isPreview,
  )

test('there are those that permissions are known for', () => {
  expect(ACCESSES).toEqual(known)
})

test('only a preview is one, and only by who said to read only; another word is refused', async () => {
  await begin(true)
  expect(['read', 'change', undefined].map((ENTRADA_ACCESS) => isPreviewOfReader({ ENTRADA_ACCESS }))).toEqual([
    true,
    false,
    false,
  ])
  expect(() => isPreviewOfReader({ ENTRADA_ACCESS: 'reed' })).toThrow(
    "ENTRADA_ACCESS is 'reed': allowed are change, read",
  )
  await begin(false)
  expect(isPreviewOfReader({ ENTRADA_ACCESS: 'read' })).toBe(false)
})
