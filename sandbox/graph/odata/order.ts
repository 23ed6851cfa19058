import { badRequest } from '../errors.ts'
import type { Position } from './page.ts'

interface Key {
  name: string
  sign: 1 | -1
}

/** One item of a sorted list with what it is sorted by; the id settles ties. */
export interface Sorted<T> {
  item: T
  keys: string[]
  id: string
}

/** @throws GraphFailure 400 for a property that the type does not have */
export function parseOrder(text: string, properties: ReadonlySet<string>, type: string): Key[] {
  return text.split(',').map((part) => {
    const [name, direction = 'asc'] = part.trim().split(/\s+/)
    if (!name || !properties.has(name.split('/')[0]!)) {
      throw badRequest(`Could not find a property named '${name}' on type '${type}'.`)
    }
    if (direction !== 'asc' && direction !== 'desc') {
      throw badRequest(`Syntax error in $orderby: '${direction}' is neither asc nor desc.`)
    }
    return { name, sign: direction === 'desc' ? -1 : 1 }
  })
}

/** Text sorts without regard to case. */
export function sorted<T>(
  items: Iterable<T>,
  order: Key[],
  read: (item: T) => Record<string, unknown>,
  idOf: (item: T) => string,
): Sorted<T>[] {
  const entries = Array.from(items, (item) => {
    const view = read(item)
    return { item, id: idOf(item), keys: order.map(({ name }) => textAt(view, name)) }
  })
  return entries.sort((a, b) => compare(order, a, b))
}

/** Index of the first entry behind a position, whether or not the item there still is in the list. */
export function firstAfter(entries: Sorted<unknown>[], order: Key[], { keys = [], id }: Position): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(order, entries[middle]!, { keys, id }) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

type Place = Pick<Sorted<unknown>, 'keys' | 'id'>

function compare(order: Key[], a: Place, b: Place): number {
  for (let i = 0; i < order.length; i++) {
    if (a.keys[i]! !== b.keys[i]!) return a.keys[i]! < b.keys[i]! ? -order[i]!.sign : order[i]!.sign
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function textAt(view: Record<string, unknown>, path: string): string {
  let value: unknown = view
  for (const name of path.split('/')) value = (value as Record<string, unknown> | null | undefined)?.[name]
  return String(value ?? '').toLowerCase()
}
