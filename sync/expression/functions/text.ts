import { isEmpty, textOf, type Value } from '../../values.ts'
import { normalizeDiacritics } from '../diacritics.ts'
import { define, type FunctionDefinition } from './define.ts'
import { replace } from './replace.ts'

const number = (value: Value | undefined): number => {
  const text = textOf(value ?? null)
  const found = Number(text)
  if (text === '' || !Number.isFinite(found)) throw new Error(`A whole number was expected, not "${text}"`)
  return Math.trunc(found)
}

/** Applies to text and leaves "no value" as it is. */
const onText =
  (change: (text: string) => string) =>
  ([source]: readonly Value[]): Value =>
    source === null ? null : change(textOf(source!))

function left(text: string, length: number): string {
  return length < 0 ? text : text.slice(0, length)
}

function word(text: string, position: number, delimiters: string): string {
  if (position < 1) return ''
  const words = [...text].reduce<string[]>(
    (parts, character) => {
      if (delimiters.includes(character)) parts.push('')
      else parts[parts.length - 1] += character
      return parts
    },
    [''],
  )
  return words.filter((part) => part !== '')[position - 1] ?? ''
}

/** Without separators, words break as in .NET's ToTitleCase: at anything but letters, digits, marks and apostrophes. */
function properCase(text: string, separators: string | null): string {
  let fresh = true
  let out = ''
  for (const character of text.toLowerCase()) {
    const breaks = separators === null ? !/[\p{L}\p{N}\p{M}']/u.test(character) : separators.includes(character)
    out += fresh && !breaks ? character.toUpperCase() : character
    fresh = breaks
  }
  return out
}

export const TEXT: FunctionDefinition[] = [
  define('Append(source, suffix)', ([source, suffix]) => textOf(source!) + textOf(suffix!)),
  define('Prepend(prefix, source)', ([prefix, source]) => textOf(prefix!) + textOf(source!)),
  define('Left(source, length: Integer)', ([source, length]) => left(textOf(source!), number(length))),
  define('Right(source, length: Integer)', ([source, length]) => {
    const [text, count] = [textOf(source!), number(length)]
    return count < 0 ? text : text.slice(Math.max(0, text.length - count))
  }),
  define('Mid(source, start: Integer, length: Integer)', ([source, start, length]) => {
    if (source === null) return null
    const from = number(start) - 1
    if (from < 0) throw new Error(`Mid counts from 1, but its start is ${from + 1}`)
    return textOf(source!).slice(from, from + Math.max(0, number(length)))
  }),
  define('Len(source)', ([source]) => textOf(source!).length),
  define('InStr(source, search, start?: Integer, compareType?)', ([source, search, start, compareType]) => {
    const ignoreCase = textOf(compareType ?? null) === 'vbTextCompare'
    const fold = (value: Value) => (ignoreCase ? textOf(value).toLowerCase() : textOf(value))
    return fold(source!).indexOf(fold(search!), isEmpty(start ?? null) ? 0 : number(start) - 1) + 1
  }),
  define(
    'Replace(source, oldValue?, regexPattern?, regexGroupName?, replacementValue?, replacementAttributeName?, template?)',
    (args) => replace(args),
  ),
  define(
    'StripSpaces(source)',
    onText((text) => text.replaceAll(' ', '')),
  ),
  define(
    'Trim(source)',
    onText((text) => text.trim()),
  ),
  define('ToLower(source, culture?)', ([source, culture]) => changeCase(source!, culture, 'toLocaleLowerCase')),
  define('ToUpper(source, culture?)', ([source, culture]) => changeCase(source!, culture, 'toLocaleUpperCase')),
  define('NormalizeDiacritics(source)', ([source], { otherDiacritics }) =>
    source === null ? null : normalizeDiacritics(textOf(source!), otherDiacritics),
  ),
  define('PCase(source, wordSeparators?)', ([source, separators]) =>
    source === null ? null : properCase(textOf(source!), isEmpty(separators ?? null) ? null : textOf(separators!)),
  ),
  define('Word(source, wordNumber: Integer, delimiters)', ([source, position, delimiters]) =>
    word(textOf(source!), number(position), textOf(delimiters!)),
  ),
  define('CStr(value)', ([value]) => (value === null ? null : textOf(value!))),
]

function changeCase(
  source: Value,
  culture: Value | undefined,
  change: 'toLocaleLowerCase' | 'toLocaleUpperCase',
): Value {
  if (source === null) return null
  return textOf(source)[change](isEmpty(culture ?? null) ? 'en' : textOf(culture!))
}
