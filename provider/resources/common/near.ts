/** Names that a person may have meant, the nearest first: those that contain the other, and those few letters away. */
export function nearest(wanted: string, names: Iterable<string>, count = 5): string[] {
  const goal = fold(wanted)
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(goal, fold(name)) }))
    .filter(({ distance }) => distance <= Math.max(2, goal.length / 3))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name }) => name)
}

/** Case and punctuation are what people get wrong first: `MFiles`, `m-files`. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function distanceOf(a: string, b: string): number {
  if (a !== '' && b !== '' && (a.includes(b) || b.includes(a))) return 1
  // The beginning of a longer name may be all that was meant: `Salez` for `Sales Department`.
  return Math.min(levenshtein(a, b), 1 + levenshtein(a, b.slice(0, a.length)))
}

function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
