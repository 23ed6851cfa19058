import type { Units } from './units.ts'

/** A capturing group; a name may be shared by several. */
export interface Group {
  /** Its number among all capturing groups from left to right, as JavaScript counts. */
  index: number
  /** Null: numbered by .NET after the order of the unnamed ones. */
  name: string | null
}

/** A .NET regular expression with all options resolved. */
export type Node =
  | { kind: 'set'; units: Units }
  | { kind: 'sequence'; of: readonly Node[] }
  | { kind: 'choice'; of: readonly Node[] }
  | { kind: 'capture'; of: Node; group: Group }
  | { kind: 'look'; of: Node; behind: boolean; negative: boolean }
  | { kind: 'anchor'; anchor: Anchor }
  | { kind: 'repeat'; of: Node; least: number; most: number; lazy: boolean }
  /** `otherwise`: what it means where there is no such group. */
  | { kind: 'reference'; to: string; ignoreCase: boolean; otherwise: Node | null }

export type Anchor = 'start' | 'end' | 'endOrLastNewline' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary'

/** What of `(?imnsx)` is on. */
export type Flags = Readonly<Record<'i' | 'm' | 'n' | 's' | 'x', boolean>>

/** A pattern that .NET would refuse, or one that JavaScript has no equal for; the message names it and says why. */
export class RegexError extends Error {
  override readonly name = 'RegexError'
}
