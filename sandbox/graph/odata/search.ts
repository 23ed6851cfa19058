import { badRequest } from '../errors.ts'

type Test = (item: Record<string, unknown>) => boolean

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|(AND|OR)\b|([()]))/y

/**
 * Compile `$search`: clauses `"property:text"`, joined by AND and OR in capitals, grouped by parentheses. A clause
 * matches the words of the value by their beginnings (Graph: use the $search query parameter).
 * @throws GraphFailure 400 for anything else, and for a property that cannot be searched
 */
export function compileSearch(search: string, searchable: readonly string[]): Test {
  const tokens = tokenize(search)
  let next = 0
  const unclear = () =>
    badRequest(
      `Syntax error: $search is "property:text" with a property of ${searchable.join(', ')}, joined by AND and OR: ${search}`,
    )

  const or = (): Test => {
    let left = and()
    while (tokens[next] === 'OR') {
      next += 1
      const [first, second] = [left, and()]
      left = (item) => first(item) || second(item)
    }
    return left
  }
  const and = (): Test => {
    let left = term()
    while (tokens[next] === 'AND') {
      next += 1
      const [first, second] = [left, term()]
      left = (item) => first(item) && second(item)
    }
    return left
  }
  const term = (): Test => {
    const token = tokens[next++]
    if (token === '(') {
      const inner = or()
      if (tokens[next++] !== ')') throw unclear()
      return inner
    }
    const found = typeof token === 'object' ? clause(token.text, searchable) : undefined
    if (!found) throw unclear()
    return found
  }

  const test = or()
  if (next !== tokens.length) throw unclear()
  return test
}

type Token = 'AND' | 'OR' | '(' | ')' | { text: string }

function tokenize(search: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (search.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(search)
    if (!match) throw badRequest(`Syntax error: the search clause is not in double quotes: ${search}`)
    const [, text, word, mark] = match
    tokens.push(text === undefined ? ((word ?? mark) as Token) : { text: text.replace(/\\(.)/g, '$1') })
  }
  return tokens
}

function clause(text: string, searchable: readonly string[]): Test | undefined {
  const [, property, wanted] = /^([^:]+):(.*)$/s.exec(text) ?? []
  if (property === undefined || !searchable.includes(property)) return undefined
  const part = wanted!.toLowerCase()
  return (item) => {
    const value = String(item[property] ?? '').toLowerCase()
    return value.startsWith(part) || value.split(/[\s,.@_-]+/).some((word) => word.startsWith(part))
  }
}
