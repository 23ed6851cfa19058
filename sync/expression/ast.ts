export type Operator = '=' | '<>' | '>' | '>=' | '<' | '<='

export interface Call {
  kind: 'call'
  name: string
  /** Null stands for an argument left empty, which keeps its position: `Switch([a], , "k", "v")`. */
  args: (Node | null)[]
  at: number
}

/** A mapping expression; `at` is the offset of the node's first character. */
export type Node =
  | Call
  | { kind: 'attribute'; name: string; at: number }
  | { kind: 'constant'; value: string | number | boolean; at: number }
  | { kind: 'compare'; operator: Operator; left: Node; right: Node; at: number }

/** An expression that cannot be used, with the offset (from 0) of what is wrong in it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly position: number
  constructor(message: string, expression: string, position: number) {
    super(`${message} (character ${position + 1} of: ${expression})`)
    this.position = position
  }
}
