/** What a filter says, before names are resolved against a schema. RFC 7644 §3.4.2.2. */

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type Literal = string | number | boolean | null

/**
 * `lenient`: unquoted text is a string, and text that reads as a boolean or a number is one where the attribute is, since
 * identity providers send both.
 */
export type Literals = 'lenient' | 'strict'

export type Filter =
  | { kind: 'and' | 'or'; filters: Filter[] }
  | { kind: 'not'; filter: Filter }
  | { kind: 'compare'; path: string; operator: CompareOperator; value: Literal }
  | { kind: 'present'; path: string }
  /** `emails[type eq "work"]`: one element of `path` satisfies `filter`, whose paths are sub-attributes. */
  | { kind: 'element'; path: string; filter: Filter }

/** How many comparisons a filter makes of one value at most. */
export function countTerms(filter: Filter): number {
  if ('filters' in filter) return filter.filters.reduce((sum, each) => sum + countTerms(each), 0)
  return 'filter' in filter ? countTerms(filter.filter) : 1
}

/** A PATCH path, RFC 7644 §3.5.2: `path[filter].sub`. */
export interface PatchPath {
  path: string
  filter?: Filter
  sub?: string
}
