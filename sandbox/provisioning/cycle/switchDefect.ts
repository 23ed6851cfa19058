import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { sameValue } from '../../../sync/scim/target.ts'
import type { Link } from '../../tenant/model.ts'

/** What is written with the defect, and what the Switches gave whose targets were cleared; both by target attribute. */
interface Defective {
  writes: Write[]
  switched: Record<string, unknown>
}

/**
 * What the service's known defect makes of the writes of an incremental cycle: a Switch whose source did not change gives
 * null as soon as another mapped attribute did, and its target is cleared. That the source did not change is taken from
 * what the Switch gives: the same as before.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", Switch.
 */
export function withSwitchDefect(writes: readonly Write[], rules: ObjectRules, link: Link): Defective {
  const switches = switchTargets(rules)
  const isSettled = ({ target, value }: Write): boolean => {
    const path = target.path.text
    return switches.has(path) && sameValue(target, value, link.switched?.[path] ?? link.written[path])
  }
  const settled = writes.filter(isSettled)
  const others = writes.filter((write) => !isSettled(write))
  const changed = others.some(({ target, value }) => !sameValue(target, value, link.written[target.path.text]))
  if (!changed) return { writes: others, switched: link.switched ?? {} }
  return {
    writes: [...others, ...settled.map((write): Write => ({ ...write, value: '' }))],
    switched: Object.fromEntries(settled.map(({ target, value }) => [target.path.text, value])),
  }
}

/** Texts alone can be cleared; IsSoftDeleted is found anew in each cycle. */
function switchTargets(rules: ObjectRules): ReadonlySet<string> {
  return new Set(
    rules.mappings
      .filter(({ uses, softDelete, target }) => uses.functions.has('Switch') && !softDelete && !target.multivalued)
      .filter(({ target }) => target.type === 'String')
      .map(({ target }) => target.path.text),
  )
}
