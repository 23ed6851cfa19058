/** Ids of assertions that were used, until they expire (RFC 7523 §3, `jti`). */
export class Replays {
  readonly #expiries = new Map<string, number>()

  /** @param expires seconds since the epoch */
  isNew(id: string, expires: number): boolean {
    const now = Date.now() / 1000
    for (const [known, end] of this.#expiries) if (end < now) this.#expiries.delete(known)
    if (this.#expiries.has(id)) return false
    this.#expiries.set(id, expires)
    return true
  }
}
