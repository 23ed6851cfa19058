import type { Node } from './ast.ts'

/** Functions whose result each of these cannot go by. */
const UNUSABLE: Readonly<Record<string, readonly string[]>> = {
  IIF: ['IsNullOrEmpty', 'IsPresent'],
  Switch: ['IsNull', 'IsNullOrEmpty', 'IsPresent'],
}

const isEmptyText = (node: Node): boolean => node.kind === 'constant' && node.value === ''

/**
 * What the service does not support at the head of an expression; null: nothing.
 * Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", IIF and Switch.
 */
export function unsupportedForm(node: Node): string | null {
  if (node.kind === 'compare') {
    return isEmptyText(node.left) || isEmptyText(node.right) ? 'A comparison with ""' : null
  }
  if (node.kind !== 'call') return null
  const [first] = node.args
  const unusable = first?.kind === 'call' && UNUSABLE[node.name]?.includes(first.name)
  return unusable ? `${node.name} on ${first.name}` : null
}
