import { isDeepStrictEqual } from 'node:util'
import type { DiffKind } from '../resource.ts'
import { propertyPath } from './paths.ts'

type Bag = Readonly<Record<string, unknown>>

/** What differs between two bags of inputs, at the innermost place; unknown values count as changed. */
export function changesBetween(olds: Bag, news: Bag, replacing: readonly string[] = []): Record<string, DiffKind> {
  const changes: Record<string, DiffKind> = {}
  walk(olds, news, [], (path, kind) => {
    const replace = replacing.includes(String(path[0]))
    changes[propertyPath(path)] = replace ? (`${kind}-replace` as DiffKind) : kind
  })
  return changes
}

type Kind = 'add' | 'delete' | 'update'

function walk(
  before: unknown,
  after: unknown,
  path: (string | number)[],
  report: (path: (string | number)[], kind: Kind) => void,
): void {
  if (isDeepStrictEqual(before, after) || (absent(before) && absent(after))) return
  if (absent(before)) report(path, 'add')
  else if (absent(after)) report(path, 'delete')
  else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      walk(before[index], after[index], [...path, index], report)
    }
  } else if (isBag(before) && isBag(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      walk(before[key], after[key], [...path, key], report)
    }
  } else report(path, 'update')
}

function absent(value: unknown): boolean {
  return value === undefined || value === null
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
