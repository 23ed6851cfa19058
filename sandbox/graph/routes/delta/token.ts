import { badRequest, GraphFailure } from '../../errors.ts'
import { decodeToken, encodeToken, type Position } from '../../odata/page.ts'
import type { Call } from '../../request.ts'

/** Where a reader of changes stands; the options of the first request travel with it. */
export interface DeltaState {
  set: string
  epoch: string
  /** When the token was made, milliseconds of the sandbox clock. */
  at: number
  select: string | null
  /** Ids that `$filter` names; null: all. */
  ids: string[] | null
  /** Revision at which this round began: members and managers that changed since are told. */
  began: number
  /** Revision up to which changes were told; null in the first round, which tells all there is. */
  since: number | null
  /** In the first round: the last object told. */
  after?: Position
}

const DAY = 86_400_000
/** Tokens live as long as this (Graph: use delta query to track changes). */
const LIFETIME_DAYS = 7
const MOST_IDS = 50

/** Of the request, whatever the letter case of `$deltatoken`; undefined for a first request. */
export function tokenOf(call: Call): string | undefined {
  for (const [name, value] of call.request.query) {
    if (['$skiptoken', '$deltatoken'].includes(name.toLowerCase())) return value
  }
  return undefined
}

/**
 * @param lasts whether tokens of an earlier process are as good as new ones
 * @throws GraphFailure 400 for a token of something else, 410 for one that is too old
 */
export function readState(call: Call, token: string, set: string, lasts: (state: DeltaState) => boolean): DeltaState {
  const state = decodeToken<DeltaState>(token)
  if (state.set !== set) throw badRequest(`The token is of ${state.set}, not of ${set}.`)
  const old = call.clock.now() - state.at > LIFETIME_DAYS * DAY
  if (!old && (state.epoch === call.tenant.deltas.epoch || lasts(state))) return state
  const Location = `${call.url()}/${call.request.version}${call.request.path}`
  throw new GraphFailure(
    410,
    old ? 'syncStateNotFound' : 'resyncRequired',
    'The delta token is no longer valid. Start again with the address in Location, and replace what you hold.',
    { location: Location },
  )
}

export function linkWith(call: Call, name: '$skiptoken' | '$deltatoken', state: DeltaState): string {
  return `${call.url()}/${call.request.version}${call.request.path}?${name}=${encodeToken(state)}`
}

/** `id eq '…' or id eq '…'`, the only filter that delta knows. @throws GraphFailure 400 */
export function idsIn(filter: string): string[] {
  const ids = filter.split(/\s+or\s+/i).map((part) => /^\s*id\s+eq\s+'([^']+)'\s*$/i.exec(part)?.[1]?.toLowerCase())
  if (ids.includes(undefined) || ids.length > MOST_IDS) {
    throw badRequest(`A delta query filters by id alone, with up to ${MOST_IDS} of: id eq '…' or id eq '…'.`)
  }
  return ids as string[]
}
