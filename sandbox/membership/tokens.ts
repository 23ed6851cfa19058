/** A rule that Entra would not take; the text is what Graph answers. */
export class RuleError extends Error {
  constructor(detail: string) {
    super(`Dynamic membership rule validation error: ${detail}`)
    this.name = 'RuleError'
  }
}

export type Token =
  | { kind: 'word'; text: string }
  | { kind: 'text'; text: string }
  | { kind: '(' | ')' | '[' | ']' | ',' | 'end' }

/** A double quote that belongs to a text has a backtick before it, a single quote is doubled. */
const TOKEN =
  /\s+|(?<mark>[()[\],])|(?<quoted>`"[^`]*`")|"(?<double>(?:`[\s\S]|[^"`])*)"|'(?<single>(?:''|[^'])*)'|(?<word>[^\s()[\],"'`]+)/gy

export function tokenize(rule: string): Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const { 0: text, groups } of rule.matchAll(TOKEN)) {
    end += text.length
    const { mark, quoted, double, single, word } = groups!
    if (mark !== undefined) tokens.push({ kind: mark as '(' })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll('`', '') })
    else if (double !== undefined) tokens.push({ kind: 'text', text: double.replace(/`([\s\S])/g, '$1') })
    else if (single !== undefined) tokens.push({ kind: 'text', text: single.replaceAll("''", "'") })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
  }
  if (end < rule.length) throw new RuleError(`Mismatched quotes at '${rule.slice(end, end + 20)}'.`)
  return [...tokens, { kind: 'end' }]
}
