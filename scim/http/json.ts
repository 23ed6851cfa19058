import { badRequest, clip, type ScimError } from '../errors.ts'

/** Deeper than anything that SCIM writes, a PATCH in a bulk request included. */
const maximumDepth = 32
/** More than any resource has attributes, by far; looking each name up takes time. */
const maximumNames = 5_000
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs

/**
 * The value of a JSON text. Throws 400 `invalidSyntax` for what is none, names a member of an object twice (in any case, since
 * names compare without: RFC 7643 §2.1), or is too deep or too wide; `invalidValue` for text that PostgreSQL cannot hold.
 */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong('The body is not well-formed JSON')
  }
  check(text)
  return value
}

/** Of text that is known to be JSON. */
function check(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let last: string | undefined
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : undefined) > maximumDepth) {
        throw wrong(`The body is nested deeper than ${maximumDepth}`)
      }
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token === ':') {
      name(last!, open.at(-1)!)
    } else {
      last = token.includes('\\u') ? escaped(token) : token.slice(1, -1)
    }
  }
}

function name(key: string, known: Set<string>): void {
  if (key === '__proto__') throw wrong('"__proto__" is not allowed as a name')
  const folded = key.toLowerCase()
  if (known.has(folded)) throw wrong(`${JSON.stringify(clip(key))} is named twice in one object`)
  if (known.add(folded).size > maximumNames) throw wrong(`An object names more than ${maximumNames} members`)
}

/** Escapes can write what UTF-8 cannot. */
function escaped(token: string): string {
  const text = JSON.parse(token) as string
  if (!text.isWellFormed() || text.includes('\0')) {
    throw badRequest('invalidValue', `Text ${clip(token)} holds characters that are not Unicode text`)
  }
  return text
}

const wrong = (detail: string): ScimError => badRequest('invalidSyntax', detail)
