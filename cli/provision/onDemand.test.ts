import { expect, test } from '@jest/globals'
import { fakeGraph } from '../../provider/graph/testing.ts'
import { resultText } from './command.ts'
import { provisionOnDemand, readReply, ruleFor } from './onDemand.ts'

const inner = {
  action: 'Other',
  statusInfo: { status: 'Skipped', errorCode: 'NotEffectivelyEntitled', reason: 'not assigned' },
  targetIdentity: { id: '', displayName: '' },
  provisioningSteps: [{ name: 'EntryImport', type: 'Import', status: 'Success', description: 'Received' }],
  modifiedProperties: [],
}

test('both forms of the reply mean the same (graph-api.md 3.8)', () => {
  const documented = readReply({ key: '{"result":"Skipped"}', value: JSON.stringify(inner) })
  const seen = readReply({ key: 'Microsoft.Identity…StatusInfo', value: JSON.stringify([inner]) })
  expect(seen).toEqual(documented)
  expect(seen).toMatchObject({ action: 'other', status: 'skipped', steps: [{ type: 'import', status: 'success' }] })
  expect(resultText('adele', seen)).toMatch(
    /^ +import +success +Received\nadele: other, skipped\n {2}NotEffectivelyEntitled: not assigned\n {2}.*assign it/,
  )
  expect(() => readReply({ key: '', value: '[]' })).toThrow(/gave no result/)
})

test('asks once, with the rule of the object’s kind, and a group with its members', async () => {
  const rules = [
    { id: 'r1', objectMappings: [{ sourceObjectName: 'User', enabled: false }] },
    { id: 'r2', objectMappings: [{ sourceObjectName: 'user' }, { sourceObjectName: 'Group', enabled: true }] },
  ]
  const posted: unknown[] = []
  const { graph } = fakeGraph(({ method, body }) => {
    if (method === 'GET') return { body: { synchronizationRules: rules } }
    posted.push(body)
    return { body: { key: '', value: JSON.stringify(inner) } }
  })
  expect(await ruleFor(graph, 's', 'j', 'User')).toBe('r2')
  await expect(ruleFor(graph, 's', 'j', 'Device')).rejects.toThrow(/no objects of type Device/)
  await provisionOnDemand(graph, 's', 'j', 'r2', { objectId: 'g', objectTypeName: 'Group', members: ['u'] })
  const links = { members: [{ objectId: 'u', objectTypeName: 'User' }] }
  expect(posted).toEqual([
    { parameters: [{ ruleId: 'r2', subjects: [{ objectId: 'g', objectTypeName: 'Group', links }] }] },
  ])
})
