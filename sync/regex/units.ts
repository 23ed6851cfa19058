/**
 * A set of UTF-16 code units: ascending ranges, ends included, that neither touch nor overlap. .NET matches by code
 * unit, so that a class is a set of these and nothing else.
 */
export type Units = readonly (readonly [from: number, to: number])[]

const LAST = 0xffff

export const ALL: Units = [[0, LAST]]

export const one = (unit: number): Units => [[unit, unit]]

export function union(...sets: readonly Units[]): Units {
  const merged: [number, number][] = []
  for (const [from, to] of sets.flat().sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function complement(set: Units): Units {
  const gaps: [number, number][] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST) gaps.push([next, LAST])
  return gaps
}

export const without = (set: Units, removed: Units): Units => complement(union(complement(set), removed))

function unitsThat(test: (unit: number) => boolean): Units {
  const found: [number, number][] = []
  for (let unit = 0; unit <= LAST; unit++) {
    if (!test(unit)) continue
    const last = found.at(-1)
    if (last && last[1] === unit - 1) last[1] = unit
    else found.push([unit, unit])
  }
  return found
}

function once<V>(make: () => V): () => V {
  let value: V | undefined
  return () => {
    value ??= make()
    return value
  }
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = make(key)
      known.set(key, value)
    }
    return value
  }
}

/** Unicode's general categories, alone and by their first letter, as `\p{…}` names them in .NET and JavaScript alike. */
export const CATEGORIES: ReadonlySet<string> = new Set(
  'C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs'.split(' '),
)

export const category = remembered((name: string): Units => {
  const member = new RegExp(`\\p{${name}}`, 'u')
  return unitsThat((unit) => member.test(String.fromCharCode(unit)))
})

/** Source: Microsoft Learn, "Character classes in regular expressions", for all three. */
const CLASSES: Readonly<Record<string, () => Units>> = {
  d: () => category('Nd'),
  s: () => union(category('Z'), [[9, 13]], one(0x85)),
  w: () => union(...['L', 'Mn', 'Nd', 'Pc'].map(category)),
}

/** `\d`, `\s`, `\w`, and with a capital letter all others. */
export const shorthand = remembered((letter: string): Units => {
  const units = CLASSES[letter.toLowerCase()]!()
  return letter === letter.toLowerCase() ? units : complement(units)
})

/** What `\b` counts as part of a word: `\w` and the two joiners without width. */
export const boundaryWord = once((): Units => union(shorthand('w'), [[0x200c, 0x200d]]))

/** Of each code unit that has another case, all that are equal to it once case is ignored. */
const equals = once((): ReadonlyMap<number, readonly number[]> => {
  const byLower = new Map<number, number[]>()
  for (let unit = 0; unit <= LAST; unit++) {
    const character = String.fromCharCode(unit)
    const lower = character.toLowerCase()
    if (lower === character || lower.length > 1) continue
    const key = lower.charCodeAt(0)
    const group = byLower.get(key)
    if (group) group.push(unit)
    else byLower.set(key, [key, unit])
  }
  const byUnit = new Map<number, readonly number[]>()
  for (const group of byLower.values()) for (const unit of group) byUnit.set(unit, group)
  return byUnit
})

/** The set with the other cases of its members, as the invariant culture pairs them. */
export function anyCase(set: Units): Units {
  const others: Units[] = []
  for (const [unit, group] of equals()) {
    if (includes(set, unit)) others.push(...group.map(one))
  }
  return union(set, ...others)
}

export const includes = (set: Units, unit: number): boolean => set.some(([from, to]) => from <= unit && unit <= to)

const printed = (unit: number): string => {
  const character = String.fromCharCode(unit)
  return /[A-Za-z0-9]/.test(character) ? character : `\\u${unit.toString(16).padStart(4, '0')}`
}

/** The set as JavaScript writes it, for a pattern without the flags `i`, `u` and `v`. */
export function asClass(set: Units): string {
  if (set.length === 1 && set[0]![0] === set[0]![1]) return printed(set[0]![0])
  if (set.length === 1 && set[0]![0] === 0 && set[0]![1] === LAST) return '[^]'
  return `[${set.map(([from, to]) => (from === to ? printed(from) : `${printed(from)}-${printed(to)}`)).join('')}]`
}
