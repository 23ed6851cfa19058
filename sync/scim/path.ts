/** Target attribute of a mapping, e.g. `emails[type eq "work"].value`. */
export interface TargetPath {
  /** As written in the mapping; what PATCH operations and filters name. */
  text: string
  /** Schema URN of an extension attribute; null for the core schema. */
  schema: string | null
  attribute: string
  /** The element of a multi-valued attribute that is meant, as `attribute eq value` pairs. */
  element: { attribute: string; value: string | boolean }[] | null
  sub: string | null
}

const PLAIN = /^([A-Za-z$][\w$-]*)(?:\[([^\]]*)\])?(?:\.([A-Za-z$][\w$-]*))?$/
const CLAUSE = /^\s*([A-Za-z$][\w$-]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*$/i

/**
 * Reads a target attribute path (RFC 7644 §3.5.2, with the element filter limited to `eq` joined by `and`, as the
 * service uses it).
 * @throws Error naming the path
 */
export function parsePath(text: string): TargetPath {
  const bracket = text.indexOf('[')
  const colon = text.lastIndexOf(':', bracket === -1 ? text.length : bracket)
  const isUrn = colon !== -1 && /^urn:/i.test(text)
  const match = PLAIN.exec(isUrn ? text.slice(colon + 1) : text)
  if (!match) throw new Error(`"${text}" is not a SCIM attribute path such as emails[type eq "work"].value`)
  const [, attribute, filter, sub] = match
  return {
    text,
    schema: isUrn ? text.slice(0, colon) : null,
    attribute: attribute!,
    element: filter === undefined ? null : filter.split(/\s+and\s+/i).map((clause) => readClause(clause, text)),
    sub: sub ?? null,
  }
}

function readClause(clause: string, path: string): { attribute: string; value: string | boolean } {
  const match = CLAUSE.exec(clause)
  if (!match) throw new Error(`"${clause}" in the path ${path} is not of the form attribute eq "value"`)
  const literal = match[2]!
  const value: string | boolean = literal.startsWith('"') ? (JSON.parse(literal) as string) : /^true$/i.test(literal)
  // Microsoft's own mappings write primary eq "True"; the attribute is a boolean (RFC 7643 §2.4).
  const isPrimary = match[1]!.toLowerCase() === 'primary'
  return { attribute: match[1]!, value: isPrimary ? String(value).toLowerCase() === 'true' : value }
}

type Json = unknown
export type Resource = { [name: string]: Json }

const isObject = (value: Json): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** SCIM attribute names are compared without case (RFC 7643 §2.1). */
export function property(object: Resource, name: string): Json {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower)
  return key === undefined ? undefined : object[key]
}

/** Whether an element of a multi-valued attribute is the one a path means. */
export function isElement(candidate: Json, element: NonNullable<TargetPath['element']>): boolean {
  return (
    isObject(candidate) &&
    element.every(({ attribute, value }) => {
      const found = property(candidate, attribute)
      return String(found).toLowerCase() === String(value).toLowerCase()
    })
  )
}

/** What a resource holds at a path; undefined when it holds nothing there. */
export function readPath(resource: Resource, path: TargetPath): Json {
  const container = path.schema === null ? resource : property(resource, path.schema)
  if (!isObject(container)) return undefined
  let value = property(container, path.attribute)
  if (path.element) {
    const { element } = path
    value = Array.isArray(value) ? value.find((candidate) => isElement(candidate, element)) : undefined
  }
  if (path.sub === null) return value ?? undefined
  return isObject(value) ? (property(value, path.sub) ?? undefined) : undefined
}

/** Puts a value at a path into a resource being built, making the objects and elements on the way. */
export function writePath(resource: Resource, path: TargetPath, value: Json): void {
  const container = path.schema === null ? resource : child(resource, path.schema)
  if (!path.element) {
    if (path.sub === null) container[path.attribute] = value
    else child(container, path.attribute)[path.sub] = value
    return
  }
  const { element } = path
  container[path.attribute] ??= []
  const list = container[path.attribute] as Json[]
  let target = list.find((candidate) => isElement(candidate, element)) as Resource | undefined
  if (!target) {
    target = Object.fromEntries(element.map(({ attribute, value: literal }) => [attribute, literal]))
    list.push(target)
  }
  if (path.sub !== null) target[path.sub] = value
  else Object.assign(target, value)
}

function child(object: Resource, name: string): Resource {
  const found = object[name]
  if (isObject(found)) return found
  const made: Resource = {}
  object[name] = made
  return made
}
