import type { Graph } from '../graph/client.ts'

/** Stands for a value that is not known before an update has run. Only `check`, `diff` and `preview` can meet it. */
export const UNKNOWN: unique symbol = Symbol('unknown')
export type Unknown = typeof UNKNOWN

/** `T` in which any property, at any depth, may be unknown. */
export type MaybeUnknown<T> =
  | Unknown
  | (T extends readonly (infer E)[] ? MaybeUnknown<E>[] : T extends object ? { [K in keyof T]: MaybeUnknown<T[K]> } : T)

/** One thing wrong with the inputs; `property` is a Pulumi property path such as `credentials.tenantUrl`. */
export interface CheckFailure {
  property: string
  reason: string
}

export type DiffKind = 'add' | 'add-replace' | 'delete' | 'delete-replace' | 'update' | 'update-replace'

/** Which properties differ, by property path; empty when nothing is to be done. */
export interface Diff {
  changes: Record<string, DiffKind>
  /** The old resource must go before its replacement can be made. */
  deleteBeforeReplace?: boolean
}

/** What a resource may use. One is made for each request. */
export interface Context {
  /** Graph of the tenant that the environment names; throws with all that is missing when credentials are incomplete. */
  readonly graph: Graph
  readonly urn: string
  /** Aborted when the user cancels; each wait and request must heed it. */
  readonly signal: AbortSignal
  /** A line that the user sees beside the resource. */
  log(severity: 'debug' | 'info' | 'warning' | 'error', message: string): void
  /** What is happening just now, shown while it lasts and not kept. */
  progress(message: string): void
}

/** The resource exists under `id` but is not as asked for; the engine keeps it in state and goes on from there. */
export class Incomplete<O> extends Error {
  override readonly name = 'Incomplete'
  readonly id: string
  readonly outputs: O
  readonly reasons: string[]
  constructor(id: string, outputs: O, reasons: string[]) {
    super(reasons.join('\n'))
    this.id = id
    this.outputs = outputs
    this.reasons = reasons
  }
}

export interface State<I, O> {
  id: string
  inputs: I
  outputs: O
}

/**
 * A resource type as plain typed functions; provider/server adapts it to the engine's wire. Inputs reach it in clear:
 * the adapter unwraps secrets and marks them again in what comes back, by property path and by `secretOutputs`.
 *
 * `O` does not repeat the inputs; the adapter stores both together.
 */
export interface Resource<I extends object, O extends object> {
  /** `entrasync:index:GalleryApplication` */
  readonly token: string
  /** Paths of outputs that are secret whatever the inputs were. */
  readonly secretOutputs: readonly string[]
  /** Validates, applies defaults; must not reach out. Everything wrong is said at once. */
  check(news: Record<string, unknown>): { inputs: MaybeUnknown<I>; failures: CheckFailure[] }
  diff(olds: State<I, O>, news: MaybeUnknown<I>): Diff
  /** What create or update would give, from reads alone; outputs that cannot be known are UNKNOWN. Throws on what is sure to fail. */
  preview(news: MaybeUnknown<I>, olds: State<I, O> | undefined, context: Context): Promise<MaybeUnknown<O>>
  /** May throw Incomplete. */
  create(news: I, context: Context): Promise<{ id: string; outputs: O }>
  /** Null when it is gone. `state.inputs` is undefined on import; only a typed not-found means gone, never a 401 or 403. */
  read(
    state: { id: string; inputs: I | undefined; outputs: O | undefined },
    context: Context,
  ): Promise<State<I, O> | null>
  /** May throw Incomplete. */
  update(olds: State<I, O>, news: I, context: Context): Promise<O>
  delete(olds: State<I, O>, context: Context): Promise<void>
}
