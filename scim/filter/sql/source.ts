import type { Attribute } from '../../schema/model.ts'
import type { Parameters } from './parameters.ts'

/** Where values are found in SQL. Conditions may be null where they are false. */
export type Source = Field | Choices | Elements

/** One value. Text is in the form of `comparisonKey`. */
export interface Field {
  kind: 'field'
  sql: string
  type: 'text' | 'boolean' | 'uuid' | 'instant' | 'number'
  /** Text in a column of collation "C". */
  isColumn?: boolean
  /** A condition for `sql = value` that an index serves; undefined where no value can be equal. */
  equals?(value: string, parameters: Parameters): string | undefined
}

/** Values that are known, in the form of `comparisonKey`, each there on a condition. */
export interface Choices {
  kind: 'choices'
  choices: { value: string; when: string }[]
}

/** The elements of an attribute that is complex or has several values. */
export interface Elements {
  kind: 'elements'
  /** The condition that any element has a value. */
  any: string
  /** That one element meets a condition on its sub-attributes, which are all `wanted`. */
  some(wanted: Attribute[], condition: (element: Scope) => string): string
  /** A value of the element that stands for all: the primary one, else the first (RFC 7644 §3.4.2.3). */
  first(wanted: Attribute, value: (element: Scope) => string): string
}

/** The sources of the attributes of a resource or an element. An element without sub-attributes gives itself for all. */
export type Scope = (attribute: Attribute) => Source

export const field = (sql: string, type: Field['type'] = 'text', equals?: Field['equals']): Field => ({
  kind: 'field',
  sql,
  type,
  ...(equals && { equals }),
})

export const column = (sql: string): Field => ({ ...field(sql), isColumn: true })

/** A field whose SQL binds parameters, which is done only where it is used. */
export const boundField = (sql: () => string, equals: Field['equals']): Field => ({
  ...field('', 'text', equals),
  get sql() {
    return sql()
  },
})

/** An object, of which there is one. */
export function single(exists: string, any: string, scope: Scope): Elements {
  return {
    kind: 'elements',
    any,
    some: (_wanted, condition) => `(${exists} AND ${condition(scope)})`,
    first: (_wanted, value) => value(scope),
  }
}
