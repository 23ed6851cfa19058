/**
 * What one request may ask for. Told to clients by ServiceProviderConfig (RFC 7643 §5, RFC 9865 §4) or by the error that
 * names the limit.
 */

/** A filter; checked before it is planned, so that a hostile one costs nothing. */
export const filterLimits = { characters: 16_384, depth: 32, terms: 200 }

/**
 * A page of a list. `members`: of all groups on it; more would take the memory of many other requests. `cursorSeconds`: how long
 * after a page its `nextCursor` is taken.
 */
export const listLimits = { pageSize: 200, members: 200_000, cursorSeconds: 3_600 }

/** `atOnce`: operations that do not depend on each other; `seconds`: when no further operation is begun. */
export const bulkLimits = { maxOperations: 1_000, maxPayloadSize: 1_048_576, atOnce: 16, seconds: 60 }

/**
 * A PATCH of one resource. `changes`: of one attribute each, of which an operation without path may hold many; `filterTerms`: in
 * all paths; `memberTests`: filter terms times members, where members are selected by more than their ids.
 */
export const patchLimits = { operations: 1_000, changes: 2_000, filterTerms: 5_000, memberTests: 2_000_000 }

/** The values of a multi-valued attribute, other than the members of a group. */
export const maximumValues = 250
