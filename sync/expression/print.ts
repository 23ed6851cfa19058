import type { Node } from './ast.ts'

/** Writes an expression in its canonical text; `parse(print(node))` gives the same expression. */
export function print(node: Node): string {
  switch (node.kind) {
    case 'attribute':
      return `[${node.name}]`
    case 'constant':
      return constant(node.value)
    case 'compare':
      return `${print(node.left)} ${node.operator} ${print(node.right)}`
    case 'call':
      return `${node.name}(${node.args.map((arg) => (arg ? print(arg) : '')).join(', ')})`
  }
}

function constant(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
