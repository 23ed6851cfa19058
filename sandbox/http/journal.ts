import { Newest } from './newest.ts'

/** One request that was answered, without its body. */
export interface SeenRequest {
  at: string
  method: string
  /** With the query. */
  path: string
  /** 0: the connection was cut. */
  status: number
  ms: number
}

/** Requests of clients. */
export class RequestJournal extends Newest<SeenRequest> {
  constructor() {
    super(10_000)
  }
}
