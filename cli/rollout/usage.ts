/** A wish that cannot be fulfilled as it is; nothing was begun. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
