const LONGEST = 256

/** Lower case, capitals, digits and special characters, in the order of the minimums. */
const KINDS = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789', '!@#$%^&*()-_=+[]{};:,.?/']

/**
 * Random text with at least so many characters of each kind, the rest of any kind that a minimum asks for.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", RandomString.
 * @throws Error when the length is above 256 or below the sum of the minimums
 */
export function randomString(length: number, minimums: readonly number[], avoid: string): string {
  const sum = minimums.reduce((total, one) => total + one, 0)
  if (length > LONGEST || length < sum || length === 0) {
    throw new Error(
      `RandomString makes from ${Math.max(sum, 1)} (its minimums together) to ${LONGEST} characters, not ${length}`,
    )
  }
  const kinds = KINDS.map((kind) => [...kind].filter((character) => !avoid.includes(character)))
  const rest = minimums.flatMap((least, i) => (least > 0 ? kinds[i]! : []))
  const all = rest.length > 0 ? rest : kinds.flat()
  const characters = [
    ...minimums.flatMap((least, i) => Array.from({ length: least }, () => pick(kinds[i]!))),
    ...Array.from({ length: length - sum }, () => pick(all)),
  ]
  return shuffled(characters).join('')
}

function below(limit: number): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % limit
}

function pick(from: readonly string[]): string {
  if (from.length === 0) throw new Error('RandomString has no character left: too many are to be avoided')
  return from[below(from.length)]!
}

function shuffled(list: string[]): string[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[list[i], list[j]] = [list[j]!, list[i]!]
  }
  return list
}
