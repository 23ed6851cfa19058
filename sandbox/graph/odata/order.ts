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

/** Text sorts without regard to case; what follows `after`, where it is given. */
export function sorted<T>(
  items: Iterable<T>,
  order: Key[],
  read: (item: T) => Record<string, unknown>,
  idOf: (item: T) => string,
  after?: Position,
): Sorted<T>[] {
  const compare = (a: Omit<Sorted<T>, 'item'>, b: Omit<Sorted<T>, 'item'>): number => {
    for (let i = 0; i < order.length; i++) {
      if (a.keys[i]! !== b.keys[i]!) return a.keys[i]! < b.keys[i]! ? -order[i]!.sign : order[i]!.sign
    }
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
  }
  const last = after?.keys && { keys: after.keys, id: after.id }
  const entries: Sorted<T>[] = []
  for (const item of items) {
    const view = read(item)
    const entry = { item, id: idOf(item), keys: order.map(({ name }) => textAt(view, name)) }
    if (!last || compare(entry, last) > 0) entries.push(entry)
  }
  return entries.sort(compare)
}

function textAt(view: Record<string, unknown>, path: string): string {
  let value: unknown = view
  for (const name of path.split('/')) value = (value as Record<string, unknown> | null | undefined)?.[name]
  return String(value ?? '').toLowerCase()
}
