import { badRequest } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { parseFilter } from '../filter/parse.ts'
import { planFilter } from '../filter/plan.ts'
import { sortTarget } from '../filter/sql/sort.ts'
import { listLimits } from '../limits.ts'
import { readProjection } from '../resource/projection.ts'
import { render } from '../resource/render.ts'
import type { ResourceType } from '../schema/model.ts'
import { tookTooLong } from '../storage/database.ts'
import { countSelected, type Listed, listAfter, listFrom, type Selection, TooManyMembers } from '../storage/lists.ts'
import { literalsOf } from '../tenant/profile.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { ListQuery } from './query.ts'
import { leniences, type Session } from './session.ts'

/**
 * One page of the resources of one or several types, as a ListResponse: RFC 7644 §3.4.2, and by cursor RFC 9865. No match is an
 * empty list, never 404: identity providers probe for names that do not exist. Throws 400 for what cannot be asked, `tooMany` for what
 * takes too long or shows too many members.
 */
export async function list(session: Session, types: ResourceType[], query: ListQuery): Promise<Json> {
  const selection = select(session, types, query)
  const page =
    query.cursor === undefined ? byIndex(session, selection, query) : byCursor(session, selection, query, query.cursor)
  return await page.catch(refuseLarge)
}

function refuseLarge(error: unknown): never {
  if (error instanceof TooManyMembers) {
    const help = 'ask with excludedAttributes=members or a smaller count, or for one group by its id'
    throw badRequest('tooMany', `The groups of the page have more than ${listLimits.members} members together; ${help}`)
  }
  if (!tookTooLong(error)) throw error
  const help = 'filter by userName, externalId, id or an email address, or page by cursor'
  throw badRequest('tooMany', `This list takes longer to find than is allowed; ${help}`)
}

function select(session: Session, types: ResourceType[], query: ListQuery): Selection {
  const literals = literalsOf(leniences(session))
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter, literals)
  const parts = types.map((type) => {
    const peers = types.filter((other) => other !== type)
    return {
      type,
      projection: readProjection(type, query.attributes, query.excludedAttributes),
      ...(filter && { plan: planFilter(type, filter, literals, peers) }),
      ...(query.sortBy && { sortBy: sortTarget(type, query.sortBy, peers) }),
    }
  })
  return {
    tenant: session.tenant.id,
    base: session.tenantUrl,
    parts,
    ...(query.sortBy && { order: query.descending ? 'descending' : 'ascending' }),
  }
}

async function byIndex(session: Session, selection: Selection, query: ListQuery): Promise<Json> {
  const offset = Math.max(1, query.startIndex ?? 1) - 1
  const limit = Math.min(listLimits.pageSize, Math.max(0, query.count ?? listLimits.pageSize))
  const rows = limit === 0 ? [] : await listFrom(session.database, selection, offset, limit)
  const isLast = rows.length < limit && (rows.length > 0 || offset === 0)
  const total = isLast ? offset + rows.length : await countSelected(session.database, selection)
  return answer(session, selection, rows, total, { startIndex: offset + 1 })
}

async function byCursor(session: Session, selection: Selection, query: ListQuery, text: string): Promise<Json> {
  const { database, tenant, cursorKey } = session
  const limit = pageSize(query, leniences(session).cursorCountCapped)
  if (query.startIndex !== undefined) throw badRequest('invalidValue', 'Give cursor or startIndex, not both')
  const types = selection.parts.map(({ type }) => type.name)
  const name = JSON.stringify([tenant.id, types, query.filter, query.sortBy?.toLowerCase(), selection.order])
  const cursor = text === '' ? undefined : readCursor(cursorKey, name, text)
  const found = cursor
    ? await listAfter(database, selection, cursor.position, limit + 1)
    : await listFrom(database, selection, 0, limit + 1)
  const rows = found.slice(0, limit)
  const isAll = found.length <= limit && !cursor
  const total = cursor?.total ?? (isAll ? rows.length : await countSelected(database, selection))
  const last = rows.at(-1)
  const more = found.length > limit && last && { key: last.sort_text ?? null, seq: last.seq }
  return answer(session, selection, rows, total, {
    ...(more && { nextCursor: writeCursor(cursorKey, name, { position: more, total }, listLimits.cursorSeconds) }),
  })
}

function pageSize({ count = listLimits.pageSize }: ListQuery, isCapped: boolean): number {
  if (count > listLimits.pageSize && !isCapped) {
    throw badRequest('invalidCount', `count may be at most ${listLimits.pageSize}; it was ${count}`)
  }
  return Math.min(listLimits.pageSize, Math.max(0, count))
}

function answer({ tenantUrl }: Session, { parts }: Selection, rows: Listed[], total: number, more: Json): Json {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    itemsPerPage: rows.length,
    ...more,
    Resources: rows.map((row) => {
      const { type, projection } = parts.find((part) => part.type.name === row.type)!
      return projection.apply(render(type, row, tenantUrl))
    }),
  }
}
