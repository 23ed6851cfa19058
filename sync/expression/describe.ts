import type { AttributeMappingSource } from '../schema.ts'
import type { Node } from './ast.ts'
import { FUNCTIONS } from './functions/index.ts'
import { print } from './print.ts'

/**
 * An expression as Graph's attributeMappingSource: nested parameters by name, arguments left empty left out.
 */
export function describeSource(node: Node): AttributeMappingSource {
  const expression = print(node)
  switch (node.kind) {
    case 'attribute':
      return { expression, name: node.name, type: 'Attribute', parameters: [] }
    case 'constant':
      return { expression, name: String(node.value), type: 'Constant', parameters: [] }
    case 'compare':
      return {
        expression,
        name: node.operator,
        type: 'Function',
        parameters: [
          { key: 'left', value: describeSource(node.left) },
          { key: 'right', value: describeSource(node.right) },
        ],
      }
    case 'call': {
      const declared = FUNCTIONS.get(node.name)?.parameters ?? []
      const parameters = node.args.flatMap((arg, i) => {
        const last = declared.at(-1)
        const key = declared[i]?.name ?? last?.name ?? `arg${i}`
        const repeated = last?.allowMultipleOccurrences && i >= declared.length - 1
        return arg ? [{ key: repeated ? `${key}${i - declared.length + 2}` : key, value: describeSource(arg) }] : []
      })
      return { expression, name: node.name, type: 'Function', parameters }
    }
  }
}
