import type { Group } from './syntax.ts'

/** Groups by what patterns and replacements call them: a number, or a name. */
export interface Numbering {
  groups: ReadonlyMap<string, readonly Group[]>
  /** 0 where there is no group. */
  highest: number
}

/**
 * Numbers groups as .NET does: first those without a name, from left to right, then those with one.
 * Source: Microsoft Learn, "Grouping constructs in regular expressions", named matched subexpressions.
 */
export function numbered(groups: readonly Group[]): Numbering {
  const byKey = new Map<string, Group[]>()
  const add = (key: string, group: Group): void => {
    const shared = byKey.get(key)
    if (!shared) byKey.set(key, [group])
    else if (!shared.includes(group)) shared.push(group)
  }
  let next = 1
  for (const group of groups) {
    if (group.name === null) add(String(next++), group)
    else add(group.name, group)
  }
  const names = [...byKey.keys()].filter((key) => !/^\d/.test(key))
  for (const name of names) {
    while (byKey.has(String(next))) next += 1
    for (const group of byKey.get(name)!) add(String(next), group)
  }
  const numbers = [...byKey.keys()].filter((key) => /^\d/.test(key)).map(Number)
  return { groups: byKey, highest: Math.max(0, ...numbers) }
}
