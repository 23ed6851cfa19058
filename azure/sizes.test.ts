import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { clientConnections, connectionsPerReplica, cpuSizes, memoryFor, mostReplicas, tierOf } from './sizes.ts'

test.each([
  ['Standard_B1ms', 'Burstable'],
  ['Standard_B2s', 'Burstable'],
  ['Standard_D2ds_v5', 'GeneralPurpose'],
  ['Standard_D4ads_v5', 'GeneralPurpose'],
  ['Standard_D2s_v3', 'GeneralPurpose'],
  ['Standard_D192ds_v6', 'GeneralPurpose'],
  ['Standard_E20ads_v6', 'MemoryOptimized'],
  ['Standard_E16ds_v5', 'MemoryOptimized'],
  ['Standard_B1', undefined],
  ['Standard_D3ds_v5', undefined],
  ['Standard_D2dds_v5', undefined],
  ['Standard_D20ds_v5', undefined],
  ['Standard_D96ds_v4', undefined],
  ['Standard_E20s_v3', undefined],
  ['Standard_D128ads_v6', undefined],
  ['GP_Gen5_2', undefined],
  ['standard_d2ds_v5', undefined],
])('%s: %s', (sku, tier) => expect(tierOf(sku)).toBe(tier))

test('memory goes with the processor', () => {
  expect([cpuSizes[0], cpuSizes.at(-1), cpuSizes.length]).toEqual([0.25, 4, 16])
  expect([0.25, 0.5, 0.75, 4].map(memoryFor)).toEqual(['0.5Gi', '1Gi', '1.5Gi', '8Gi'])
})

test('two revisions with all their replicas have no more connections than the server takes', () => {
  const sku = fc.constantFrom('Standard_B1ms', 'Standard_B2s', 'Standard_B2ms', 'Standard_D2ds_v5')
  fc.assert(
    fc.property(sku, fc.integer({ min: 1, max: 50 }), (size, replicas) => {
      const each = connectionsPerReplica(size, replicas)
      expect(each === undefined).toBe(replicas > mostReplicas(size))
      if (each !== undefined) expect(2 * replicas * each).toBeLessThanOrEqual(clientConnections(size))
    }),
  )
  expect(connectionsPerReplica('Standard_D2ds_v5', 10)).toBe(8)
  expect(connectionsPerReplica('Standard_B1ms', 4)).toBe(4)
})
