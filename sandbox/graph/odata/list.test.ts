import { expect, test } from '@jest/globals'
import { Tenant } from '../../tenant/tenant.ts'
import type { Call } from '../request.ts'
import { type ListOptions, pageOf } from './list.ts'
import { encodeToken } from './page.ts'

interface Item {
  id: string
  displayName: string
}

const ITEMS = Array.from({ length: 30 }, (_, i) => ({ id: `i${i}`, displayName: `Name ${(i * 7) % 30}` }))

/** Pages through a list of ten names each, and counts how often an item's properties are read. */
function pager() {
  const tenant = new Tenant('t')
  tenant.seeded()
  let reads = 0
  const options: ListOptions<Item> = {
    type: 'microsoft.graph.user',
    context: 'users',
    properties: new Set(['id', 'displayName']),
    view(item) {
      reads += 1
      return { ...item }
    },
  }
  const page = (after: unknown, caller = 'one', order = 'displayName') => {
    const query = new URLSearchParams({ $orderby: order, $top: '10' })
    if (after) query.set('$skiptoken', encodeToken(after))
    const request = { query, headers: {}, path: '/users', version: 'v1.0', caller: { objectId: caller } }
    reads = 0
    const { items, next } = pageOf({ tenant, request } as unknown as Call, ITEMS, options)
    return { names: items.map(({ displayName }) => displayName), next, reads }
  }
  return { tenant, page }
}

const NAMES = ITEMS.map(({ displayName }) => displayName).sort()

test('a sorted list is read once, however many pages are made of it', () => {
  const { page } = pager()
  const first = page(undefined)
  const second = page(first.next)
  const third = page(second.next)
  expect([...first.names, ...second.names, ...third.names]).toEqual(NAMES)
  expect([first.reads, second.reads, third.reads]).toEqual([30, 0, 0])
  expect(third.next).toBeUndefined()
})

test('what is written between two pages, another caller or another order have the list made anew', () => {
  const { page, tenant } = pager()
  const { next } = page(undefined)
  expect(page(next, 'another').reads).toBe(30)
  expect(page(next, 'one', 'displayName desc').reads).toBe(30)
  tenant.secrets.put('sp', { SyncAll: 'true' })
  const second = page(next)
  expect(second.reads).toBe(30)
  expect(second.names).toEqual(NAMES.slice(10, 20))
})
