/** What the service asks of a database; PostgreSQL and the embedded PGlite both give it. */
export interface Queryable {
  /** Runs one statement. Values of rows: see `decodeValue`. Throws `DatabaseError`. */
  query<Row = Record<string, unknown>>(text: string, parameters?: Parameter[]): Promise<Row[]>
}

export interface Database extends Queryable {
  readonly kind: 'PostgreSQL' | 'PGlite'
  /** Runs several statements without parameters, as one transaction. */
  script(text: string): Promise<void>
  transaction<Result>(work: (database: Queryable) => Promise<Result>): Promise<Result>
  /** Statements, or transactions, that run now and that wait their turn. */
  load(): { running: number; waiting: number }
  close(): Promise<void>
}

export type Parameter = string | number | boolean | null | undefined | Date | string[] | number[] | object

export class DatabaseError extends Error {
  /** SQLSTATE, such as 23505 for a broken unique constraint. */
  readonly code: string
  readonly constraint: string | undefined

  constructor(message: string, code: string, constraint?: string) {
    super(message)
    this.name = 'DatabaseError'
    this.code = code
    this.constraint = constraint
  }
}

/** How many different statements a connection keeps prepared; filters make an unlimited number of them. */
export const preparedStatements = 200

/** Worth another try: no connection, a login that is refused for now, no room, a shutdown or a time limit (SQLSTATE classes 08, 28, 53, 57). */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof DatabaseError && /^(08|28|53|57)/.test(error.code)

export const brokenConstraint = (error: unknown): string | undefined =>
  error instanceof DatabaseError && error.code === '23505' ? error.constraint : undefined

/** Whether a statement was ended because it ran for as long as any may. */
export const tookTooLong = (error: unknown): boolean => error instanceof DatabaseError && error.code === '57014'
