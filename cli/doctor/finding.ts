/** What a check says, in the shape that a person, a program and a test read. */

export type State = 'ok' | 'warning' | 'problem' | 'notChecked'

export interface Said {
  state: State
  /** What was found, without secrets. */
  seen: string
  /** What to do about it. */
  fix?: string
}

export interface Finding extends Said {
  check: string
}

/** `value` is what later checks work with: without it they are not made. */
export interface Result<T = never> {
  said: Said[]
  value?: T
}

export const ok = <T = never>(seen: string, value?: T): Result<T> => result({ state: 'ok', seen }, value)
export const warning = <T = never>(seen: string, fix: string, value?: T): Result<T> =>
  result({ state: 'warning', seen, fix }, value)
export const problem = <T = never>(seen: string, fix: string, value?: T): Result<T> =>
  result({ state: 'problem', seen, fix }, value)
export const notChecked = <T = never>(seen: string, value?: T): Result<T> =>
  result({ state: 'notChecked', seen }, value)

function result<T>(said: Said, value: T | undefined): Result<T> {
  return { said: [said], ...(value === undefined ? {} : { value }) }
}

/** `group 'Sales' is unknown; did you mean 'Sales EU'?` → what is wrong, and what to do, parted at `separator`. */
export function parted(text: string, separator: string, otherwise: string): { seen: string; fix: string } {
  const at = text.indexOf(separator)
  if (at < 0) return { seen: text, fix: otherwise }
  return { seen: text.slice(0, at), fix: text.slice(at + separator.length).trim() }
}
