import type { Value } from '../../values.ts'

/** What an expression may depend on beside the source object. */
export interface Environment {
  /** Milliseconds since the epoch, for `Now()`. */
  now: number
  /** The tenant's default domain, for `DefaultDomain()`. */
  defaultDomain: string
  /** What IIF gives when its condition compares a null attribute; Microsoft's pages do not say. */
  iifOnNull: 'falseBranch' | 'noValue'
}

export const DEFAULT_ENVIRONMENT: Environment = { now: 0, defaultDomain: '', iifOnNull: 'falseBranch' }

type AttributeType = 'String' | 'Integer' | 'Boolean' | 'DateTime' | 'Binary' | 'Reference'

/** Graph's attributeMappingParameterSchema. */
export interface Parameter {
  name: string
  type: AttributeType
  required: boolean
  allowMultipleOccurrences: boolean
}

export interface FunctionDefinition {
  name: string
  signature: string
  parameters: Parameter[]
  least: number
  most: number
  evaluate(args: readonly Value[], environment: Environment): Value
  /** In place of `evaluate` where arguments not chosen must not be evaluated. */
  choose?(args: readonly (() => Value)[], environment: Environment): Value
}

/**
 * @param signature `Mid(source, start: Integer, length: Integer)`; `?` after a name marks an optional parameter,
 *   `*` one that repeats
 */
export function define(signature: string, evaluate: FunctionDefinition['evaluate']): FunctionDefinition {
  return { ...read(signature), evaluate }
}

export function defineLazy(signature: string, choose: NonNullable<FunctionDefinition['choose']>): FunctionDefinition {
  return {
    ...read(signature),
    evaluate: (args, environment) =>
      choose(
        args.map((arg) => () => arg),
        environment,
      ),
    choose,
  }
}

function read(signature: string): Omit<FunctionDefinition, 'evaluate' | 'choose'> {
  const [, name, list] = /^(\w+)\((.*)\)$/.exec(signature)!
  const parameters = list!
    .split(',')
    .filter((text) => text.trim() !== '')
    .map((text): Parameter => {
      const [, parameter, mark, type] = /^\s*(\w+)([?*]?)(?::\s*(\w+))?\s*$/.exec(text)!
      return {
        name: parameter!,
        type: (type ?? 'String') as AttributeType,
        required: mark === '',
        allowMultipleOccurrences: mark === '*',
      }
    })
  return {
    name: name!,
    signature,
    parameters,
    least: parameters.filter((parameter) => parameter.required).length,
    // A trailing empty argument is written in many published expressions and means nothing.
    most: parameters.some((parameter) => parameter.allowMultipleOccurrences) ? Infinity : parameters.length + 1,
  }
}
