import { badRequest } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { canonical } from './canonical.ts'

/**
 * `after`, once it is known to differ from `before` in no immutable attribute that had a value. `absent`: whether one that
 * `after` lacks is kept, as PUT has it (RFC 7644 §3.5.1), or refused, as PATCH (§3.5.2). Throws 400 `mutability`.
 */
export function requireUnchanged(type: ResourceType, before: Json, after: Json, absent: 'keep' | 'refuse'): Json {
  const result = hold(type.core.attributes, before, after, absent, '')
  for (const { id, attributes } of type.extensions) {
    const held = hold(attributes, (before[id] ?? {}) as Json, (after[id] ?? {}) as Json, absent, `${id}:`)
    if (Object.keys(held).length > 0) result[id] = held
  }
  return result
}

/** As `requireUnchanged` for one object: a schema's attributes, or the sub-attributes of a single value. */
export function hold(
  attributes: Attribute[],
  before: Json,
  after: Json,
  absent: 'keep' | 'refuse',
  prefix: string,
): Json {
  const result = { ...after }
  for (const { name, mutability, multiValued, subAttributes } of attributes) {
    const [was, is] = [before[name], after[name]]
    if (was === undefined) continue
    if (mutability === 'immutable') {
      if (is === undefined && absent === 'keep') result[name] = was
      else if (canonical(is) !== canonical(was)) throw immutable(`${prefix}${name}`)
    } else if (subAttributes && !multiValued) {
      const held = hold(subAttributes, was as Json, (is ?? {}) as Json, absent, `${prefix}${name}.`)
      if (Object.keys(held).length > 0) result[name] = held
    }
  }
  return result
}

const immutable = (name: string): Error =>
  badRequest('mutability', `${name} is immutable: it keeps the value it was first given`)
