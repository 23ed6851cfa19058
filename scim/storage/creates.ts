import type { Json } from '../filter/match.ts'
import { type Database, DatabaseError, isUnreachable, type Queryable } from './database.ts'
import { together } from './together.ts'

/** An element of the argument of function add_users; the names are those of its record. */
export interface NewUser {
  id: string
  attrs: Json
  user_name: string | null
  display_name: string | null
  external_id: string | null
  active: boolean
  /** Whose default licence the user is given; `licence_type` if it is no more. */
  configuration: string | null
  licence_type: string
  values: object[]
  actor: string
}

export interface Created {
  created: Date
  type: string
  state: string
}

type Insert = (user: NewUser) => Promise<Created | DatabaseError>

/** Held no longer than the slowest request may take. */
const largestBatch = 50
const inserts = new WeakMap<Queryable, Map<number, Insert>>()

/** Stores a user, in one transaction with those that are made at the same time in the tenant. Throws `DatabaseError`. */
export async function insertUser(database: Queryable, tenant: number, user: NewUser): Promise<Created> {
  const outcome = isTransaction(database)
    ? (await insertUsers(database, tenant, [user]))[0]!
    : await insertInto(database, tenant)(user)
  if (outcome instanceof DatabaseError) throw outcome
  return outcome
}

const isTransaction = (database: Queryable): boolean => !('transaction' in (database as Partial<Database>))

function insertInto(database: Queryable, tenant: number): Insert {
  const ofDatabase = inserts.get(database) ?? new Map<number, Insert>()
  inserts.set(database, ofDatabase)
  const insert = ofDatabase.get(tenant) ?? together((users) => insertAll(database, tenant, users), largestBatch)
  ofDatabase.set(tenant, insert)
  return insert
}

/** If one that cannot be stored undid the others, each by itself; not if nobody knows whether they were stored. */
async function insertAll(database: Queryable, tenant: number, users: NewUser[]): Promise<(Created | DatabaseError)[]> {
  try {
    return await insertUsers(database, tenant, users)
  } catch (error) {
    if (!(error instanceof DatabaseError) || isUnreachable(error)) throw error
    if (users.length === 1) return [error]
    const outcomes: (Created | DatabaseError)[] = []
    for (const user of users) outcomes.push(...(await insertAll(database, tenant, [user])))
    return outcomes
  }
}

async function insertUsers(
  database: Queryable,
  tenant: number,
  users: NewUser[],
): Promise<(Created | DatabaseError)[]> {
  type Row = { r_created: Date; r_type: string; r_state: string; r_constraint: string | null; r_message: string }
  const rows = await database.query<Row>('SELECT * FROM add_users($1, $2)', [tenant, JSON.stringify(users)])
  return rows.map((row) =>
    row.r_constraint === null
      ? { created: row.r_created, type: row.r_type, state: row.r_state }
      : new DatabaseError(row.r_message, '23505', row.r_constraint),
  )
}
