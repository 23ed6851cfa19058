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

const LIMIT = 10_000

/** The newest requests. */
export class RequestJournal {
  #requests: SeenRequest[] = []

  add(request: SeenRequest): void {
    this.#requests.push(request)
    if (this.#requests.length >= 2 * LIMIT) this.#requests = this.#requests.slice(-LIMIT)
  }

  list(): SeenRequest[] {
    return this.#requests.slice(-LIMIT)
  }

  clear(): void {
    this.#requests = []
  }
}
