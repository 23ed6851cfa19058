import { type Numbering, numbered } from './numbering.ts'
import { type Pattern, parsePattern } from './parse.ts'
import type { Anchor, Group, Node } from './syntax.ts'
import { asClass, boundaryWord } from './units.ts'

export interface Translation {
  /** For a RegExp without the flags `i`, `m`, `s`, `u` and `v`. */
  source: string
  numbering: Numbering
  /** Groups of whose last value .NET and JavaScript can think differently. */
  doubtful: ReadonlySet<Group>
}

/** Groups that have certainly captured something. */
type Captured = ReadonlySet<Group>

/**
 * Translates a .NET regular expression: options are resolved, classes and escapes become sets of UTF-16 code units.
 * @throws RegexError for what .NET refuses, and for what cannot be translated
 */
export function translate(pattern: string): Translation {
  return new Translator(parsePattern(pattern)).translation()
}

class Translator {
  readonly #pattern: Pattern
  readonly #numbering: Numbering
  readonly #doubtful = new Set<Group>()

  constructor(pattern: Pattern) {
    this.#pattern = pattern
    this.#numbering = numbered(pattern.groups)
  }

  translation(): Translation {
    const [source] = this.#write(this.#pattern.node, new Set(), false)
    return { source, numbering: this.#numbering, doubtful: this.#doubtful }
  }

  /** @param backward inside a lookbehind, which is matched from right to left */
  #write(node: Node, captured: Captured, backward: boolean): [source: string, captured: Captured] {
    switch (node.kind) {
      case 'set':
        return [asClass(node.units), captured]
      case 'anchor':
        return [anchorSource(node.anchor), captured]
      case 'sequence':
        return this.#sequence(node.of, captured, backward)
      case 'choice': {
        const branches = node.of.map((branch) => this.#write(branch, captured, backward))
        const common = [...branches[0]![1]].filter((group) => branches.every(([, after]) => after.has(group)))
        return [`(?:${branches.map(([source]) => source).join('|')})`, new Set(common)]
      }
      case 'capture': {
        const [source, inner] = this.#write(node.of, captured, backward)
        return [`(${source})`, new Set([...inner, node.group])]
      }
      case 'look': {
        const [source, inner] = this.#write(node.of, captured, node.behind)
        return [`(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${source})`, node.negative ? captured : inner]
      }
      case 'repeat':
        return this.#repeat(node, captured, backward)
      case 'reference':
        return this.#reference(node, captured, backward)
    }
  }

  #sequence(nodes: readonly Node[], captured: Captured, backward: boolean): [string, Captured] {
    const sources: string[] = []
    let after = captured
    for (const node of backward ? [...nodes].reverse() : nodes) {
      const [source, now] = this.#write(node, after, backward)
      sources.push(source)
      after = now
    }
    return [(backward ? sources.reverse() : sources).join(''), after]
  }

  #repeat(node: Extract<Node, { kind: 'repeat' }>, captured: Captured, backward: boolean): [string, Captured] {
    const { of, least, most, lazy } = node
    const [source, inner] = this.#write(of, captured, backward)
    if (most > 1) {
      // JavaScript forgets with each repetition what the last one captured, and stops before one that takes nothing.
      for (const group of groupsIn(of)) if (!inner.has(group) || canBeEmpty(of)) this.#doubtful.add(group)
    }
    const times = most === Infinity ? `{${least},}` : `{${least},${most}}`
    return [`(?:${source})${times}${lazy ? '?' : ''}`, least > 0 ? inner : captured]
  }

  #reference(node: Extract<Node, { kind: 'reference' }>, captured: Captured, backward: boolean): [string, Captured] {
    const { scan } = this.#pattern
    const groups = this.#numbering.groups.get(node.to)
    if (!groups) {
      if (node.otherwise) return this.#write(node.otherwise, captured, backward)
      return scan.invalid(`there is no group ${node.to} to refer to`)
    }
    if (node.ignoreCase) scan.unsupported(`a back-reference where case is ignored, here to ${node.to},`)
    if (groups.length > 1) scan.unsupported(`a back-reference to a group that is there twice, ${node.to},`)
    // A group that took no part matches nothing in .NET, and anywhere in JavaScript.
    if (!captured.has(groups[0]!)) scan.unsupported(`a back-reference to a group that may take no part, ${node.to},`)
    return [`(?:\\${groups[0]!.index})`, captured]
  }
}

const NEWLINE = '\\n'

function anchorSource(anchor: Anchor): string {
  switch (anchor) {
    case 'start':
      return '^'
    case 'end':
      return '$'
    case 'endOrLastNewline':
      return `(?=${NEWLINE}?$)`
    case 'lineStart':
      return `(?<![^${NEWLINE}])`
    case 'lineEnd':
      return `(?![^${NEWLINE}])`
    case 'boundary':
    case 'noBoundary': {
      const word = asClass(boundaryWord())
      const [before, after] = anchor === 'boundary' ? ['!', '='] : ['=', '!']
      return `(?:(?<=${word})(?${before}${word})|(?<!${word})(?${after}${word}))`
    }
  }
}

function groupsIn(node: Node): Group[] {
  switch (node.kind) {
    case 'sequence':
    case 'choice':
      return node.of.flatMap(groupsIn)
    case 'capture':
      return [node.group, ...groupsIn(node.of)]
    case 'look':
    case 'repeat':
      return groupsIn(node.of)
    default:
      return []
  }
}

function canBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false
    case 'sequence':
      return node.of.every(canBeEmpty)
    case 'choice':
      return node.of.some(canBeEmpty)
    case 'capture':
      return canBeEmpty(node.of)
    case 'repeat':
      return node.least === 0 || canBeEmpty(node.of)
    default:
      return true
  }
}
