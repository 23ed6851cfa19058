// biome-ignore-all lint/suspicious/noTemplateCurlyInString: .NET writes ${name} for a group
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { regexOf } from './regex.ts'
import { RegexError } from './syntax.ts'

// What Microsoft Learn documents of .NET's regular expressions, "Regular expression language" and the pages below it.
describe('matches what .NET matches', () => {
  test.each<[pattern: string, yes: string[], no: string[]]>([
    // Classes go by Unicode.
    ['^\\w+$', ['Žiga', 'Rafał', 'Chloé', 'Андрей', 'a_1', '٣', 'e\u0301', 'a‿b'], ['a b', 'a-b', '', '😀']],
    ['^\\p{L}+$', ['Žiga', 'Chloé', '山田'], ['a1']],
    ['^\\P{Lu}+$', ['abc'], ['aBc']],
    ['^[\\p{Lu}\\p{Nd}-]+$', ['ŽA-1'], ['a']],
    ['^\\d+$', ['12', '٣'], ['x', '']],
    ['^\\s$', ['\u00a0', '\u0085', '\u2028', '\t', '\v'], ['\ufeff', '\u200b', 'x']],
    ['^[\\w\\s]+$', ['Anna Åberg'], ['Anna-Åberg']],
    ['^[^\\W\\d]+$', ['Łódź'], ['a1', 'a b']],
    ['\\bab\\b', ['ab', 'x ab.'], ['žab', 'abé', 'ab\u200dx', '_ab']],
    ['a\\Bb', ['ab'], ['a b']],
    ['^.$', ['é', '\r', '\u2028'], ['\n', '😀', '']],
    ['^..$', ['😀'], ['a']],
    // Ends and beginnings.
    ['\\A[A-Z]', ['Anna'], ['anna', '\nAnna']],
    ['a$', ['a', 'a\n'], ['a\n\n', 'a\r', 'ab']],
    ['a\\Z', ['a', 'a\n'], ['a\nb']],
    ['a\\z', ['a'], ['a\n']],
    ['^b', ['b'], ['a\nb']],
    ['(?m)^b$', ['a\nb\nc', 'b'], ['a\rb', 'b\r\nc']],
    // Options.
    ['(?i)anna', ['ANNA', 'Anna'], ['Ana']],
    ['(?i)ŽIGA', ['žiga'], ['ziga']],
    ['(?i)^k$', ['K', '\u212a'], ['x']],
    ['(?i)^s$', ['S'], ['\u017f']],
    ['(?i)^ß$', ['\u1e9e'], ['ss', 'SS']],
    ['(?i)^i$', ['I'], ['\u0130', '\u0131']],
    ['(?i)^[^a-c]$', ['d', 'D'], ['b', 'B']],
    ['(?i)^\\p{Lu}$', ['a', 'A'], ['1']],
    ['(?i:a)b', ['Ab', 'ab'], ['aB']],
    ['a(?i)b', ['aB'], ['AB']],
    ['(a(?i)b|c)d', ['aBd', 'Cd'], ['aBD', 'Abd']],
    ['(?i)a(?-i)b', ['Ab'], ['AB']],
    ['(?I)a', ['A'], ['b']],
    ['(?s)a.b', ['a\nb'], []],
    ['a(?s:.)b.', ['a\nbx'], ['a\nb\n']],
    ['(?x) ^ a b # the letters\n \\ c [ ] $', ['ab c '], ['abc', 'a b']],
    ['(?x)a {2}', ['aa'], ['a {2}x']],
    ['(?im-s)^A', ['b\na'], []],
    ['a(?#a remark)b', ['ab'], []],
    ['a(?#a remark)+$', ['aa'], ['ab']],
    // Classes.
    ['^[a-z-[aeiou]]+$', ['xyz'], ['abc']],
    ['^[^a-z-[0-9]]+$', ['ABC'], ['A1', 'a']],
    ['^[\\w-[\\d_]]+$', ['Žiga'], ['Žiga1']],
    ['^[a-z-[c-x-[e]]]+$', ['abyze'], ['d']],
    ['^[]a]+$', [']a'], ['b']],
    ['^[^]a]+$', ['b'], [']']],
    ['^[a-]+$', ['a-'], ['b']],
    ['^[\\--z]+$', ['-z'], ['a', '.']],
    ['^[\\d-z]+$', ['1-z'], ['y']],
    ['^[[.]+$', ['[.'], ['x']],
    ['^[()\\s-]+$', ['(-) '], ['1']],
    ['^[\\b]$', ['\b'], ['b']],
    // Escapes.
    ['^\\-\\.\\@\\/\\\'\\"\\#\\ $', ['-.@/\'"# '], []],
    ['^\\x41\\u00e9\\t\\e\\a\\cA$', ['Aé\t\u001b\u0007\u0001'], []],
    ['^\\101\\0\\012$', ['A\0\n'], []],
    ['^a{,3}]}{x}$', ['a{,3}]}{x}'], ['aaa']],
    ['^a{2}b{1,}c{0,1}$', ['aab', 'aabbc'], ['ab', 'aabcc']],
    ['^(?:ab)+?$', ['abab'], ['aba']],
    ['^^*a', ['a'], ['ba']],
    // Groups.
    ["^(?'q'a)\\k'q'\\k<q>\\1$", ['aaaa'], ['aaa']],
    ['^(?<n>a)(b)\\1\\2$', ['abba'], ['abab']],
    ['^(?<2>a)(b)\\2\\1$', ['abab'], ['abba']],
    ['(?n)^(a)(?<x>b)\\1$', ['abb'], ['aba']],
    ['^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10$', ['abcdefghijj'], ['abcdefghij']],
    ['^(a)\\10$', ['a\b'], ['aa0']],
    ['^(?<имя>а)\\k<имя>$', ['аа'], ['а']],
    ['^(a|b)(?=c)c(?<!d)(?<=c)(?!d)$', ['ac', 'bc'], ['cc']],
    ['(?<=(a)b)\\1', ['aba'], ['abb']],
    ['^(?:a|)$', ['a', ''], ['b']],
    ['', ['', 'x'], []],
  ])('%s', (pattern, yes, no) => {
    for (const text of yes) expect([text, regexOf(pattern).test(text)]).toEqual([text, true])
    for (const text of no) expect([text, regexOf(pattern).test(text)]).toEqual([text, false])
  })

  test('a class leaves out what is subtracted, whatever the case', () => {
    expect(regexOf('(?i)^[a-z-[AEIOU]]$').test('e')).toBe(false)
    expect(regexOf('(?i)^[a-z-[AEIOU]]$').test('B')).toBe(true)
  })

  test('the whole text, where that is asked for', () => {
    expect(regexOf('b|abc', 'whole').test('abc')).toBe(true)
    expect(regexOf('b', 'whole').test('abc')).toBe(false)
    expect(regexOf('b').test('abc')).toBe(true)
  })
})

describe('replaces as .NET does', () => {
  test.each<[text: string, pattern: string, replacement: string, result: string]>([
    ['abc', '(b)', '[$1]', 'a[b]c'],
    ['abc', '(b)', '[${1}]', 'a[b]c'],
    ['abc', '(?<x>b)', '[${x}]', 'a[b]c'],
    ['abc', "(?'x'b)", '[${x}$1]', 'a[bb]c'],
    ['abc', 'b', '[$&$0]', 'a[bb]c'],
    ['abc', 'b', '$$&', 'a$&c'],
    ['abc', 'b', "<$`|$'|$_>", 'a<a|c|abc>c'],
    ['abc', '(a)(b)', '$+', 'bc'],
    ['abc', 'b', '$+', 'abc'],
    ['abc', '(b)', '$2$10${none}$x$', 'a$2$10${none}$x$c'],
    ['abc', '(b)', '${1', 'a${1c'],
    // Groups with a name are numbered after those without.
    ['abc', '(?<x>a)(b)', '$1$2', 'bac'],
    ['xay', '(?<l>a)|(?<l>y)', '<${l}>', 'x<a><y>'],
    ['abc', '(x)?b', '<$1>', 'a<>c'],
    ['baaac', 'a*', '-', '-b--c-'],
    ['a\u{1f600}', '', '-', '-a-\ud83d-\ude00-'],
    ['$1', '\\$1', '$$1', '$1'],
  ])('%j by %s with %s', (text, pattern, replacement, result) => {
    expect(regexOf(pattern).replace(text, replacement)).toBe(result)
  })

  test('one group alone, literally', () => {
    expect(regexOf('(?<n>\\d+)px').replaceGroup('1px 2em 3px', 'n', '$1')).toBe('$1px 2em $1px')
    expect(regexOf('a(b)').replaceGroup('ab ab', '1', 'x')).toBe('ax ax')
    expect(regexOf('a').replaceGroup('a', 'none', 'x')).toBe('a')
  })

  test('the text of a group', () => {
    expect(regexOf('(?<n>\\d+)').groupIn('a12b3', 'n')).toBe('12')
    expect(regexOf('(?<n>\\d+)').groupIn('a', 'n')).toBeNull()
  })
})

describe('refuses by name', () => {
  test.each([
    ['(', 'a group is not closed with ")"'],
    ['a)', 'more ")" than "("'],
    ['[a', 'a class is not closed with "]"'],
    ['[b-a]', 'a range goes from a higher character to a lower one'],
    ['[a-\\d]', 'a range ends with a class'],
    ['[a-z-[b]c]', 'a subtraction must be the last part'],
    ['*a', 'the quantifier "*" has nothing before it'],
    ['a|{2}', 'the quantifier "{2}" has nothing before it'],
    ['(?i)+', 'the quantifier "+" has nothing before it'],
    ['a**', 'the quantifier "*" follows another one'],
    ['a{3,2}', 'the quantifier "{3,2}" has its numbers in the wrong order'],
    ['a{99999999999}', 'the quantifier "{99999999999}" is too large'],
    ['\\_', '\\_ is not an escape'],
    ['\\h', '\\h is not an escape'],
    ['\\x4', '\\x is not an escape'],
    ['a\\', 'it ends with a backslash'],
    ['\\1', 'there is no group 1'],
    ['\\k<x>', 'there is no group x'],
    ['\\p{Greek}', '"Greek" is not a category; allowed: C, Cc'],
    ['\\pL', '\\p needs a category'],
    ['(?P<x>a)', '(?P does not begin a group'],
    ['(?<0>a)', '"0" cannot name a group'],
    ['(?#a', 'a comment is not closed'],
  ])('%s, as .NET does', (pattern, reason) => {
    expect(() => regexOf(pattern)).toThrow(RegexError)
    expect(() => regexOf(pattern)).toThrow(`"${pattern}" is not a valid regular expression: `)
    expect(() => regexOf(pattern)).toThrow(reason)
  })

  test.each([
    ['(?>a+)b', 'the atomic group (?>…)'],
    ['(?<a>x)(?<b-a>y)', 'the balancing group (?<b-a>…)'],
    ['(a)?(?(1)b|c)', 'the condition (?(…)…|…)'],
    ['\\Ga', '\\G'],
    ['\\p{IsCyrillic}', 'the named block \\p{IsCyrillic}'],
    ['[[:alpha:]]', 'a POSIX class'],
    ['(?i)(a)\\1', 'a back-reference where case is ignored, here to 1,'],
    ['(?:(a)|b)\\1', 'a back-reference to a group that may take no part, 1,'],
    ['(a)*\\1', 'a back-reference to a group that may take no part, 1,'],
    ['\\1(a)', 'a back-reference to a group that may take no part, 1,'],
    ['(?<x>a)(?<x>b)\\k<x>', 'a back-reference to a group that is there twice, x,'],
    ['('.repeat(300) + ')'.repeat(300), 'a group more than 250 groups deep'],
    ['\\w'.repeat(1000), 'it is too large'],
  ])('%s, for JavaScript has no equal', (pattern, what) => {
    expect(() => regexOf(pattern)).toThrow(RegexError)
    expect(() => regexOf(pattern)).toThrow(`The regular expression "${pattern}" cannot be used here: ${what}`)
  })

  test('the text of a group that JavaScript forgets and .NET keeps', () => {
    expect(regexOf('(?:(a)|b)+').test('ab')).toBe(true)
    expect(() => regexOf('(?:(a)|b)+').replace('ab', '$1')).toThrow('the text of group 1')
    expect(() => regexOf('(?:(?<x>a)|b)+').groupIn('ab', 'x')).toThrow('the text of group x')
    expect(() => regexOf('(a*)*').replaceGroup('ab', '1', '')).toThrow('the text of group 1')
    expect(regexOf('(?:(a)b)+').replace('abab', '$1')).toBe('a')
  })
})

// Of what both languages write alike and mean alike, over letters of ASCII.
const letter = fc.constantFrom('a', 'b', 'c', '1', '-')
const piece: fc.Arbitrary<string> = fc.oneof(
  letter,
  fc.constantFrom('[ab]', '[^a]', '\\d', '\\w', '\\W', '\\b', '^', '(?=b)', '(?!c)', '(?<=a)', '\\.', '[a-c1]'),
)
const { plain } = fc.letrec<{ plain: string }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    piece,
    fc.tuple(tie('plain'), tie('plain')).map(([a, b]) => a + b),
    fc.tuple(tie('plain'), tie('plain')).map(([a, b]) => `(?:${a}|${b})`),
    tie('plain').map((a) => `(${a})`),
    fc.tuple(letter, fc.constantFrom('*', '+', '?', '{2}', '{1,}', '*?', '+?')).map(([a, b]) => `(?:${a})${b}`),
  ),
}))
const text = fc.array(letter).map((letters) => letters.join(''))

describe('whatever the pattern', () => {
  test('a plain one finds what JavaScript finds', () => {
    fc.assert(
      fc.property(plain, text, (pattern, input) => {
        expect(regexOf(pattern).replace(input, '<$&>')).toBe(input.replace(new RegExp(pattern, 'g'), '<$&>'))
      }),
      { numRuns: 500 },
    )
  })

  test('a text is found by itself, escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (input) => {
        const pattern = input.replace(/[\\*+?|{}[\]()^$.#\s]/g, '\\$&')
        expect(regexOf(pattern, 'whole').test(input)).toBe(true)
      }),
    )
  })

  test('the only error is the one that names the pattern', () => {
    const fragment = fc.oneof(
      fc.constantFrom(..."()[]{}|\\^$.*+?-<>:=!'#,&19aixkpudwsn \n"),
      fc.constantFrom('(?', '(?<', '[^', '\\p{', '\\k<', '(?i', '\\u', '\\c', '-[', '{1,', '[:', '(?#'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    )
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 15 }), text, (fragments, input) => {
        const pattern = fragments.join('')
        try {
          regexOf(pattern).replace(input, '$1')
        } catch (error) {
          expect(error).toBeInstanceOf(RegexError)
          expect((error as Error).message).toContain(`"${pattern}"`)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
