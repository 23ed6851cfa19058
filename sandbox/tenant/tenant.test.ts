import { describe, expect, test } from '@jest/globals'
import { emptyGroup, emptyUser } from '../graph/shape/directory.ts'
import type { Write } from './journal.ts'
import { Tenant } from './tenant.ts'

const user = (id: string) => ({ ...emptyUser(), id, userPrincipalName: `${id}@x.example` })
const group = (id: string, memberIds: string[]) => ({ ...emptyGroup(), id, memberIds })
const assignment = (id: string, principalId: string, resourceId: string) => ({
  id,
  principalId,
  resourceId,
  appRoleId: 'r',
  principalType: 'User' as const,
  createdDateTime: '',
})

function seeded(): Tenant {
  const tenant = new Tenant('t')
  tenant.users.put('a', user('a'))
  tenant.groups.put('g', group('g', ['a']))
  tenant.seeded()
  return tenant
}

describe('the tenant', () => {
  test('counts no change while it is seeded, and one with each write to the directory', () => {
    const tenant = seeded()
    expect(tenant.revision).toBe(0)
    tenant.users.put('b', user('b'))
    tenant.groups.put('g', group('g', ['a', 'b']))
    tenant.users.put('b', user('b'))
    tenant.assignments.put('1', assignment('1', 'b', 'sp'))
    tenant.secrets.put('sp', {})
    expect(tenant.revision).toBe(4)
    expect(tenant.changesSince(0)).toEqual([
      { revision: 2, kind: 'group', id: 'g', touches: ['b'] },
      { revision: 3, kind: 'user', id: 'b' },
      { revision: 4, kind: 'assignment', id: 'sp', touches: ['b'] },
    ])
    expect(tenant.changesSince(3)).toMatchObject([{ revision: 4, kind: 'assignment' }])
    expect(tenant.changesSince(4)).toEqual([])
  })

  test('tells whom changes may have brought into or out of a scope, over a restart too', () => {
    const change = (tenant: Tenant) => {
      tenant.groups.put('g', group('g', ['b']))
      tenant.groups.put('g', { ...group('g', ['b', 'c']), displayName: 'New' })
      tenant.assignments.put('1', assignment('1', 'a', 'sp'))
      tenant.assignments.delete('1')
    }
    const tenant = seeded()
    change(tenant)
    const again = seeded()
    for (const write of tenant.differences()) again.restore(JSON.parse(JSON.stringify(write)))
    for (const one of [tenant, again]) {
      expect(one.changesSince(0)).toMatchObject([
        { kind: 'group', id: 'g', touches: ['b', 'a', 'c'] },
        { kind: 'assignment', id: 'sp', touches: ['a'] },
      ])
    }
    tenant.groups.put('g', { ...group('g', ['b', 'c']), deletedDateTime: 'now' })
    expect(tenant.changesSince(4)).toMatchObject([{ touches: ['b', 'c'] }])
  })

  test('indexes follow every write', () => {
    const tenant = seeded()
    expect(tenant.groupsOf('a')).toEqual(['g'])
    tenant.groups.put('g', group('g', ['b']))
    expect([tenant.groupsOf('a'), tenant.groupsOf('b')]).toEqual([[], ['g']])
    tenant.groups.delete('g')
    expect(tenant.groupsOf('b')).toEqual([])
    tenant.assignments.put('1', assignment('1', 'a', 'sp'))
    expect(tenant.assignmentsOf('sp').map(({ id }) => id)).toEqual(['1'])
    expect(tenant.assignmentsTo('a').map(({ id }) => id)).toEqual(['1'])
    tenant.assignments.delete('1')
    expect([tenant.assignmentsOf('sp'), tenant.assignmentsTo('a')]).toEqual([[], []])
    tenant.users.put('a', { ...user('a'), userPrincipalName: 'New@X.example' })
    expect([tenant.userByName('a@x.example'), tenant.userByName('new@x.EXAMPLE')?.id]).toEqual([undefined, 'a'])
  })

  test('a batch is one append, a single write another', () => {
    const tenant = seeded()
    const appends: Write[][] = []
    tenant.attach({ append: (writes) => appends.push(writes) })
    tenant.batch(() => {
      tenant.users.put('b', user('b'))
      tenant.batch(() => tenant.users.put('c', user('c')))
    })
    tenant.secrets.put('sp', { SyncAll: 'true' })
    expect(appends.map((writes) => writes.map(({ k }) => k))).toEqual([['b', 'c'], ['sp']])
  })

  test('what a failed batch wrote is not lost', () => {
    const tenant = seeded()
    const appends: Write[][] = []
    tenant.attach({ append: (writes) => appends.push(writes) })
    const work = () =>
      tenant.batch(() => {
        tenant.users.put('b', user('b'))
        throw new Error('later')
      })
    expect(work).toThrow('later')
    expect(appends.map((writes) => writes.map(({ k }) => k))).toEqual([['b']])
  })

  test('its differences lead from the generated state to this one, with the same changes after a revision', () => {
    const tenant = seeded()
    tenant.users.put('b', user('b'))
    tenant.assignments.put('1', assignment('1', 'b', 'sp'))
    const watermark = tenant.revision
    tenant.assignments.delete('1')
    tenant.users.delete('a')
    const copy = seeded()
    for (const write of tenant.differences()) copy.restore(JSON.parse(JSON.stringify(write)))
    expect([...copy.users.values()]).toEqual([...tenant.users.values()])
    expect(copy.revision).toBe(tenant.revision)
    expect(copy.changesSince(watermark)).toEqual(tenant.changesSince(watermark))
    expect([...copy.differences()]).toEqual([...tenant.differences()])
  })

  test('a reset leads back to the generated state, as changes', () => {
    const tenant = seeded()
    tenant.users.put('b', user('b'))
    tenant.users.delete('a')
    const before = tenant.revision
    tenant.returnTo(seeded().snapshot())
    expect([...tenant.users.values()]).toEqual([user('a')])
    expect(
      tenant
        .changesSince(before)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'b'])
  })
})
