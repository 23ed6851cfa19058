import { expect, test } from '@jest/globals'
import { GRAPH_PERMISSIONS } from '../../sandbox/templates/graphPermissions.ts'
import { CLIENTS } from '../../sandbox/tenant/seed.ts'
import { NEEDED_PERMISSIONS, permissionsFor, USES } from './neededPermissions.ts'

const values = (...uses: Parameters<typeof permissionsFor>[0]) => permissionsFor(uses).map(({ value }) => value)
const toRead = (...uses: Parameters<typeof permissionsFor>[0]) => permissionsFor(uses, 'read').map(({ value }) => value)

test('without a use, only what provisioning itself takes; each use adds what it takes', () => {
  expect(values()).toEqual(['Application.ReadWrite.OwnedBy'])
  expect(values('log')).toEqual(['Application.ReadWrite.OwnedBy', 'ProvisioningLog.Read.All'])
  expect(values('managedGroups')).toEqual([
    'Application.ReadWrite.OwnedBy',
    'Application.Read.All',
    'User.Read.All',
    'GroupMember.Read.All',
    'Group.Create',
  ])
  expect(new Set([...values(...USES), ...toRead(...USES)])).toEqual(
    new Set(NEEDED_PERMISSIONS.map(({ value }) => value)),
  )
})

test('who reads only has never a permission to make or change anything, whatever the stacks do', () => {
  expect(toRead()).toEqual(['Application.Read.All', 'Synchronization.Read.All'])
  expect(toRead('adoptedApplications', 'log')).toEqual([...toRead(), 'ProvisioningLog.Read.All'])
  expect(toRead(...USES)).toEqual([
    'Application.Read.All',
    'Synchronization.Read.All',
    'User.Read.All',
    'GroupMember.Read.All',
    'ProvisioningLog.Read.All',
    'AuditLog.Read.All',
  ])
})

test('each is a permission of Graph, under the id that it has in every tenant', () => {
  for (const { value, id } of NEEDED_PERMISSIONS) {
    const role = GRAPH_PERMISSIONS.find((one) => one.value === value)
    expect([value, role?.id]).toEqual([value, id ?? expect.any(String)])
  }
})

test("the sandbox's client with least privilege has exactly these", () => {
  const least = CLIENTS.find(({ name }) => name === 'Entrada least privilege')
  expect(new Set(least?.permissions)).toEqual(new Set(values('assignments', 'forecast', 'log')))
})
