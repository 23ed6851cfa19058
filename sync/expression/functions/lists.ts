import { isEmpty, isList, type Scalar, textOf, type Value } from '../../values.ts'
import { define, type FunctionDefinition } from './define.ts'

export const LISTS: FunctionDefinition[] = [
  // Empty values leave no separator behind; several values of one attribute are joined as if listed.
  define('Join(separator, source*)', ([separator, ...sources]) =>
    sources
      .flatMap((source): Value[] => (isList(source) ? [...source].map((one) => textOf([one as Scalar])) : [source]))
      .filter((source) => !isEmpty(source))
      .map(textOf)
      .join(textOf(separator!)),
  ),
  define('Split(source, delimiter)', ([source, delimiter]) =>
    isEmpty(source!)
      ? null
      : textOf(source!)
          .split(textOf(delimiter!))
          .map((part) => part.trim()),
  ),
  define('Item(attribute, index: Integer)', ([attribute, index]) => {
    const position = Number(textOf(index!))
    if (!Number.isInteger(position) || position < 1) {
      throw new Error(`Item counts from 1, but its index is ${textOf(index!) || 'empty'}`)
    }
    const values: readonly unknown[] = isList(attribute!) ? attribute : isEmpty(attribute!) ? [] : [attribute]
    return (values[position - 1] as Scalar | undefined) ?? null
  }),
  define('Count(attribute)', ([attribute]) => (isList(attribute!) ? attribute.length : isEmpty(attribute!) ? 0 : 1)),
  define('RemoveDuplicates(attribute)', ([attribute]) =>
    isList(attribute!) ? [...new Set(attribute as readonly Scalar[])] : attribute!,
  ),
]
