import type { Value } from '../../values.ts'
import type { Node } from '../ast.ts'

/** What an expression may depend on beside the source object. */
export interface Environment extends EvaluationOptions {
  /** Milliseconds since the epoch, for `Now()`. */
  now: number
  /** The tenant's default domain, for `DefaultDomain()`. */
  defaultDomain: string
}

/** What of evaluation Microsoft's pages leave open. */
export interface EvaluationOptions {
  /** What IIF gives when its condition compares a null attribute. */
  iifOnNull: 'falseBranch' | 'noValue'
  /** What NormalizeDiacritics does with marks on letters that its table does not have. */
  otherDiacritics: 'kept' | 'removed'
}

export const DEFAULT_EVALUATION: EvaluationOptions = { iifOnNull: 'falseBranch', otherDiacritics: 'kept' }

export const DEFAULT_ENVIRONMENT: Environment = { ...DEFAULT_EVALUATION, now: 0, defaultDomain: '' }

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
  /** What is wrong with arguments that are enough in number, to go on after the function's name. */
  problem?(args: readonly (Node | null)[]): string | null
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

export function defineLazy(
  signature: string,
  choose: NonNullable<FunctionDefinition['choose']>,
  problem?: NonNullable<FunctionDefinition['problem']>,
): FunctionDefinition {
  return {
    ...read(signature),
    ...(problem && { problem }),
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
