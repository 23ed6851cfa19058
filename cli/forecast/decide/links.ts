import type { Kind } from '../model.ts'

/** What provisioning remembers of an object that it manages. */
export interface Link {
  kind: Kind
  targetId: string
  disabled: boolean
  /** It had left the scope when it was disabled or left alone. */
  unmanaged: boolean
  name: string
  login: string | null
  /** What was last written, by target attribute, as text; null where the log does not show it. */
  written: Record<string, string | null>
  /** Of a group: whether an object of the target was last written as its member, or taken out. */
  members?: Map<string, boolean>
  /** The log tells of it from its creation on: what is not in here was never written. */
  whole: boolean
  /** When it came to be managed, ISO 8601; undefined where the log does not reach back so far. */
  since?: string
}

/** The objects that the job manages, as far as they are known. */
export interface Links {
  of(id: string): Link | undefined
  entries(): Iterable<[string, Link]>
  /** Ids of the objects linked to one of the target. */
  to(targetId: string): readonly string[]
  /** Objects that failed last and are tried again. */
  failing: ReadonlySet<string>
  /** An object that is not in here is not managed. */
  complete: boolean
}

export function linksOf(links: ReadonlyMap<string, Link>, failing: ReadonlySet<string>, complete: boolean): Links {
  const byTarget = new Map<string, string[]>()
  for (const [id, { targetId }] of links) byTarget.set(targetId, [...(byTarget.get(targetId) ?? []), id])
  return {
    of: (id) => links.get(id),
    entries: () => links,
    to: (targetId) => byTarget.get(targetId) ?? [],
    failing,
    complete,
  }
}

export const NO_LINKS: Links = linksOf(new Map(), new Set(), true)
