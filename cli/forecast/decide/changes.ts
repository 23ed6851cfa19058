import { shown } from '../../../sync/flow.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { type Resource, readPath } from '../../../sync/scim/path.ts'
import { textOf, type Value } from '../../../sync/values.ts'
import type { Change } from '../model.ts'

/** What the target holds where a write goes, as the provisioning log shows values; null where nothing is. */
export function textAt(resource: Resource, { target, redacted }: Write): string | null {
  const held = readPath(resource, target.path)
  if (held === undefined || held === null) return null
  if (redacted) return '[Redact]'
  return typeof held === 'object' ? JSON.stringify(held) : textOf(held as Value)
}

export const changesOf = (writes: readonly Write[], before: Resource): Change[] =>
  writes.map((write) => ({
    attribute: write.target.path.text,
    before: textAt(before, write),
    after: shown(write),
  }))
