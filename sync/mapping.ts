import type { Call, Node } from './expression/ast.ts'
import { compileNode, type Evaluator } from './expression/compile.ts'
import type { LanguageOptions } from './expression/language.ts'
import { parse } from './expression/parse.ts'
import { print } from './expression/print.ts'
import type { AttributeDefinition, AttributeMapping, AttributeMappingSource } from './schema.ts'
import { ROLE_FORM, type RoleForm } from './scim/roles.ts'
import { type Target, targetOf } from './scim/target.ts'

/** A mapping that writes values, ready to be evaluated for each object. */
export interface CompiledMapping {
  target: Target
  /** Null where the mapping has only a constant, its default value. */
  evaluate: Evaluator | null
  defaultValue: string | null
  /** Tried in ascending order; 0: not a matching attribute. */
  matchingPriority: number
  flowType: AttributeMapping['flowType']
  flowAlways: boolean
  /** Mapped from IsSoftDeleted: what is written to disable and to restore. */
  softDelete: boolean
  readsRoles: boolean
  /** Made by one of the functions that provision app roles. */
  roleForm: RoleForm | null
  /** `SelectUniqueValue`: its rules; the first value that the target does not have yet is written, on create alone. */
  uniqueRules: Evaluator[] | null
  /** The target cannot be without it. */
  required: boolean
  /** `IgnoreFlowIfNullOrEmpty`: no value means no flow, not the default value. */
  ignoreEmpty: boolean
  /** `Redact`: the log shows `[Redact]`. */
  redacted: boolean
  /** Longest text that the target takes, where the attribute list says so. */
  maximumLength: number | null
  uses: Uses
}

/** What an expression names. */
export interface Uses {
  attributes: ReadonlySet<string>
  functions: ReadonlySet<string>
}

/** A mapping from a reference attribute: the manager, or a group's members. */
export interface CompiledReference {
  target: Target
  sourceAttribute: string
}

/**
 * Null for a mapping of type None, which leaves its target alone.
 * @param definitions attributes of the target object, by name
 * @throws Error saying why the mapping cannot be used
 */
export function compileMapping(
  mapping: AttributeMapping,
  definitions: ReadonlyMap<string, AttributeDefinition>,
  options: LanguageOptions,
): CompiledMapping | CompiledReference | null {
  const definition = definitions.get(mapping.targetAttributeName)
  if (!definition) {
    throw new Error('not in the attribute list of the target directory; add it there first')
  }
  if (definition.anchor || definition.mutability === 'ReadOnly') {
    throw new Error('set by the target itself, it cannot be mapped')
  }
  const target = targetOf(definition)
  const expression = mapping.source ? expressionOf(mapping.source) : null
  const node = expression === null ? null : parse(expression, options)
  if (definition.type === 'Reference') {
    if (node?.kind !== 'attribute') throw new Error('a reference can only be mapped from an attribute')
    return { target, sourceAttribute: node.name }
  }
  if (!node && (mapping.defaultValue ?? null) === null) return null
  const uses = usesOf(node)
  const called = node?.kind === 'call' ? node : null
  const unique = called?.name === 'SelectUniqueValue'
  if (unique && mapping.matchingPriority > 0) {
    throw new Error('SelectUniqueValue cannot be used on a matching attribute')
  }
  if (node && [...callsBelow(node)].some((call) => call.name === 'SelectUniqueValue')) {
    throw new Error('SelectUniqueValue can only be the outermost function')
  }
  return {
    target,
    evaluate: node && compileNode(node, expression!, options),
    defaultValue: mapping.defaultValue || null,
    matchingPriority: mapping.matchingPriority,
    flowType: unique || definition.mutability === 'Immutable' ? 'ObjectAddOnly' : mapping.flowType,
    flowAlways: mapping.flowBehavior === 'FlowAlways',
    softDelete: uses.attributes.has('IsSoftDeleted'),
    readsRoles: uses.attributes.has('appRoleAssignments'),
    roleForm: ROLE_FORM[called?.name ?? ''] ?? null,
    uniqueRules: unique ? called!.args.flatMap((arg) => (arg ? [compileNode(arg, expression!, options)] : [])) : null,
    required: definition.required,
    ignoreEmpty: called?.name === 'IgnoreFlowIfNullOrEmpty',
    redacted: called?.name === 'Redact',
    maximumLength: maximumLengthOf(definition),
    uses,
  }
}

function maximumLengthOf({ metadata }: AttributeDefinition): number | null {
  const length = metadata?.find(({ key }) => key === 'MaximumLength')?.value ?? ''
  return /^[1-9]\d*$/.test(length) ? Number(length) : null
}

function expressionOf(source: AttributeMappingSource): string {
  if (source.expression) return source.expression
  if (source.type === 'Function' || typeof source.name !== 'string') {
    throw new Error('its source has no expression; give it as text, e.g. "[mail]"')
  }
  return source.type === 'Attribute' ? `[${source.name}]` : print({ kind: 'constant', value: source.name, at: 0 })
}

const childrenOf = (node: Node): readonly (Node | null)[] =>
  node.kind === 'call' ? node.args : node.kind === 'compare' ? [node.left, node.right] : []

function* callsBelow(node: Node): Generator<Call> {
  for (const child of childrenOf(node)) {
    if (child?.kind === 'call') yield child
    if (child) yield* callsBelow(child)
  }
}

function usesOf(root: Node | null): Uses {
  const attributes = new Set<string>()
  const functions = new Set<string>()
  const visit = (node: Node | null): void => {
    if (!node) return
    if (node.kind === 'attribute') attributes.add(node.name)
    if (node.kind === 'call') functions.add(node.name)
    for (const child of childrenOf(node)) visit(child)
  }
  visit(root)
  return { attributes, functions }
}
