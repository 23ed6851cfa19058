import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ExpressionError, type Node } from './ast.ts'
import { compileExpression } from './compile.ts'
import { describeSource } from './describe.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'

describe('errors name the place', () => {
  test.each([
    ['Append([a]', 10, 'Expected "," or ")", found the end'],
    ['Append([a], "b', 12, 'not closed with a double quote'],
    ['Append([a, "b")', 7, 'not closed with "]"'],
    ['givenName', 0, 'write [givenName] for an attribute'],
    ['[a] [b]', 4, 'Nothing was expected after the end of the expression, but there is [b]'],
    ['Append(;)', 7, 'Unexpected character ";"'],
    ['', 0, 'found the end'],
  ])('%s', (expression, position, message) => {
    const error = caught(() => parse(expression))
    expect(error.position).toBe(position)
    expect(error.message).toContain(message)
  })

  test('an unknown function, with the near name', () => {
    const error = caught(() => compileExpression('Append(toLower([a]), "b")'))
    expect(error.position).toBe(7)
    expect(error.message).toContain('did you mean ToLower?')
  })

  test('a wrong number of arguments, with the signature', () => {
    const error = caught(() => compileExpression('Mid([a])'))
    expect(error.message).toContain('Mid was given 1 argument; it is Mid(source, start: Integer, length: Integer)')
  })

  test('an expression of more than 10,000 characters', () => {
    expect(() => parse(`"${'a'.repeat(10_000)}"`)).toThrow('at most 10000 characters')
  })
})

test('empty arguments keep their position and escapes are undone', () => {
  expect(parse('F( , "a\\"\\\\d" , )')).toEqual({
    kind: 'call',
    name: 'F',
    at: 0,
    args: [null, { kind: 'constant', value: 'a"\\d', at: 5 }, null],
  })
})

test('Graph shows an expression as nested parameters by name', () => {
  expect(describeSource(parse('Mid([userPrincipalName], 1, 8)'))).toMatchObject({
    expression: 'Mid([userPrincipalName], 1, 8)',
    name: 'Mid',
    type: 'Function',
    parameters: [
      { key: 'source', value: { type: 'Attribute', name: 'userPrincipalName', expression: '[userPrincipalName]' } },
      { key: 'start', value: { type: 'Constant', name: '1' } },
      { key: 'length', value: { type: 'Constant', name: '8' } },
    ],
  })
})

const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.record({
    kind: fc.constant('attribute' as const),
    name: fc.stringMatching(/^[A-Za-z]\w{0,9}$/),
    at: fc.constant(0),
  }),
  fc.record({
    kind: fc.constant('constant' as const),
    value: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
    at: fc.constant(0),
  }),
)
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.stringMatching(/^[A-Z][a-z]{0,5}$/),
      args: fc.array(fc.option(tie('node')), { minLength: 2, maxLength: 4 }),
      at: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom('=' as const, '<>' as const, '>' as const, '>=' as const, '<' as const, '<=' as const),
      left: leaf,
      right: leaf,
      at: fc.constant(0),
    }),
  ),
}))

test('what is printed parses to the same expression', () => {
  fc.assert(
    fc.property(node, (wanted) => {
      expect(withoutPlaces(parse(print(wanted)))).toEqual(withoutPlaces(wanted))
    }),
  )
})

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => (key === 'at' ? undefined : Object.is(inner, -0) ? 0 : inner)),
  )
}

function caught(work: () => unknown): ExpressionError {
  try {
    work()
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('No error was thrown')
}
