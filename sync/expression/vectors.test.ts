import { describe, expect, test } from '@jest/globals'
import type { Value } from '../values.ts'
import { compileExpression } from './compile.ts'
import { DEFAULT_ENVIRONMENT } from './functions/index.ts'
import { DEFAULT_LANGUAGE } from './language.ts'

type Attributes = Record<string, Value>

const evaluate = (expression: string, attributes: Attributes = {}, environment = DEFAULT_ENVIRONMENT): Value =>
  compileExpression(expression)((name) => attributes[name] ?? null, environment)

const BASE = '"2012-03-16-07:00"'
const LATER = '"8/25/2021 5:41:18 PM"'
const CITIES =
  'Switch([state],"Australia/Sydney","NSW","Australia/Sydney","QLD","Australia/Brisbane","SA","Australia/Adelaide")'
const PHONE = '"\\\\+(?<isdCode>\\\\d* )(?<phoneNumber>\\\\d{10})"'
const ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
const ROLES = [
  { id: 'r1', displayName: 'Admin', value: 'Admin' },
  { id: 'r2', displayName: 'User', value: '' },
]

// Published vectors; those marked "derived" follow from the published rule.
describe.each<[string, [string, Attributes, Value][]]>([
  [
    'text',
    [
      ['Append("John.Doe@contoso.com", ".test")', {}, 'John.Doe@contoso.com.test'],
      ['Prepend("x-", [a])', { a: 'b' }, 'x-b'],
      ['Append(Mid([givenName],1,3),Mid([surname],1,5))', { givenName: 'John', surname: 'Doe' }, 'JohDoe'],
      ['Left("John Doe",3)', {}, 'Joh'],
      ['Left("John Doe",0)', {}, ''],
      ['Left("John Doe",-1)', {}, 'John Doe'],
      ['Left([none],3)', {}, ''],
      ['Left("John",99)', {}, 'John'],
      ['Right("John Doe",3)', {}, 'Doe'],
      ['Len("John")', {}, 4],
      ['InStr("The quick brown fox","quick")', {}, 5],
      ['InStr("repEated","e",3,vbBinaryCompare)', {}, 7],
      ['InStr("repEated","e",3,vbTextCompare)', {}, 4],
      ['InStr("abc","x")', {}, 0],
      ['StripSpaces("A B C")', {}, 'ABC'],
      ['Trim("  a b ")', {}, 'a b'],
      ['ToLower("JOHN")', {}, 'john'],
      ['ToUpper([none])', {}, null],
      ['Word("The quick brown fox",3," ")', {}, 'brown'],
      ['Word("This,string!has&many separators",3,",!&#")', {}, 'has'],
      ['Word("one",2," ")', {}, ''],
      ['Word("one",0," ")', {}, ''],
      ['PCase("PABLO GONSALVES (SECOND)")', {}, 'Pablo Gonsalves (Second)'],
      [`PCase("PINTO-DE'SILVA"," '-")`, {}, "Pinto-De'Silva"],
      ['PCase(Join(" ",[givenName],[surname]))', { givenName: 'GREGORY', surname: 'JAMES' }, 'Gregory James'],
      ['CStr(True)', {}, 'True'],
      [
        'ToLower(Join("@",NormalizeDiacritics(StripSpaces(Join(".",[givenName],[surname]))),"contoso.com"))',
        { givenName: 'John', surname: 'Smith' },
        'john.smith@contoso.com',
      ],
    ],
  ],
  [
    'choice',
    [
      [ACTIVE, { IsSoftDeleted: false }, 'True'],
      [ACTIVE, { IsSoftDeleted: true }, 'False'],
      [CITIES, { state: 'QLD' }, 'Australia/Brisbane'],
      [CITIES, { state: 'VIC' }, 'Australia/Sydney'],
      ['Switch([statusFlag],"Default Value","true","1","","0")', {}, '0'],
      ['Switch(ToLower([statusFlag]),"0","true","1","false","0")', { statusFlag: 'True' }, '1'],
      ['Switch([country],[country],"","Other")', {}, 'Other'],
      ['IIF([country]="USA",[country],[department])', { country: 'USA' }, 'USA'],
      ['IIF([country]="USA",IIF([state]="CA","True","False"),"False")', { country: 'USA', state: 'CA' }, 'True'],
      ['IIF([country]="USA","True",IIF([state]="CA","True","False"))', { country: 'FRA', state: 'CA' }, 'True'],
      ['IIF([country]="USA","yes","no")', {}, 'no'],
      ['Coalesce([mail],[userPrincipalName])', { userPrincipalName: 'John.Doe@contoso.com' }, 'John.Doe@contoso.com'],
      ['Coalesce([mail],[other])', {}, null],
      ['Not("True")', {}, false],
      ['Not("x")', {}, true],
      ['Not([IsSoftDeleted])', { IsSoftDeleted: false }, true],
      ['CBool([a] = [b])', { a: 'x', b: 'x' }, true],
      ['CBool([a] = [b])', { a: 'x', b: 'X' }, false],
      // Two texts are compared as texts; a number with what a text writes as a plain decimal.
      ['CBool("007" = "7")', {}, false],
      ['CBool("0x10" = "16")', {}, false],
      ['CBool("1e3" <> "1000")', {}, true],
      ['CBool([a] = 7)', { a: '007' }, true],
      ['CBool([a] = 16)', { a: '0x10' }, false],
      ['CBool(7 <> [a])', { a: 7 }, false],
      ['CBool([a] = "7")', { a: 7 }, true],
      ['CBool([a] = True)', { a: 'True' }, true],
      ['CBool("9" < "10")', {}, true],
      ['CBool("9" < "0x10")', {}, false],
      ['CBool("-1.5" <= "1.5")', {}, true],
      ['CBool("b" > "a")', {}, true],
      ['IsNull([displayName])', {}, true],
      ['IsNullOrEmpty([displayName])', { displayName: '' }, true],
      ['IsPresent([displayName])', { displayName: 'a' }, true],
      ['IsString([displayName])', { displayName: 'a' }, true],
      ['IgnoreFlowIfNullOrEmpty(Switch([prefix],"","3443","Dr.","3444","Prof."))', { prefix: 'x' }, null],
    ],
  ],
  [
    'lists and encodings',
    [
      ['Join(", ","",[surname],[givenName])', { surname: 'Doe', givenName: 'John' }, 'Doe, John'],
      ['Join(";",[proxyAddresses])', { proxyAddresses: ['a', 'b'] }, 'a;b'],
      ['Split("PermissionSetOne, PermissionSetTwo", ",")', {}, ['PermissionSetOne', 'PermissionSetTwo']],
      ['Item([proxyAddresses],1)', { proxyAddresses: ['a', 'b'] }, 'a'],
      ['Item(Split("a@b","@"),2)', {}, 'b'],
      ['Item([proxyAddresses],3)', { proxyAddresses: ['a', 'b'] }, null],
      ['Count([proxyAddresses])', { proxyAddresses: ['a', 'b'] }, 2],
      ['RemoveDuplicates([proxyAddresses])', { proxyAddresses: ['a', 'b', 'a'] }, ['a', 'b']],
      ['BitAnd(&HF, &HF7)', {}, 7],
      ['DefaultDomain()', {}, null],
      ['Redact([mail])', { mail: 'a@b' }, 'a@b'],
      ['SelectUniqueValue([a],[b],"c")', { b: 'second' }, 'second'],
      ['ConvertToBase64("Hello world!")', {}, 'SABlAGwAbABvACAAdwBvAHIAbABkACEA'],
      ['ConvertToUTF8Hex("Hello world!")', {}, '48656C6C6F20776F726C6421'],
      [
        'Join("",1000,Replace(ConvertToUTF8Hex([objectId]),,"[a-zA-Z_]*",,"",,))',
        { objectId: '00aa00aa-bb11-cc22-dd33-44ee44ee44ee' },
        '100030306161303061612626231312636332322646433332343465653434656534346565',
      ],
    ],
  ],
  [
    'Replace',
    [
      ['Replace([t],"Product Developer", , ,"Software Engineer", , )', { t: 'Product Developer' }, 'Software Engineer'],
      ['Replace([UserID],"<username>", , , , ,"<username>@contoso.com")', { UserID: 'jsmith' }, 'jsmith@contoso.com'],
      [`Replace([t], ,${PHONE}, ,"\${phoneNumber}", , )`, { t: '+91 9998887777' }, '9998887777'],
      ['Replace([mobile], ,"[()\\\\s-]+", ,"", , )', { mobile: '+1 (999) 888-7777' }, '+19998887777'],
      [
        'Replace([line], ,"(?<streetNumber>^\\\\d*)","streetNumber","888", , )',
        { line: '545 Tremont Street' },
        '888 Tremont Street',
      ],
      ['Replace([upn], ,"(?<Suffix>@(.)*)","Suffix","", , )', { upn: 'jsmith@contoso.com' }, 'jsmith'],
      [`Replace([t], ,${PHONE},"phoneNumber", ,[mobile], )`, { mobile: '+91 8887779999' }, '8887779999'],
      [`Replace([t], ,${PHONE},"phoneNumber", ,[mobile], )`, { t: '1', mobile: '+91 8887779999' }, '1'],
      ['Replace([mailNickname], ,"[a-zA-Z_]*", ,"", , )', { mailNickname: 'john_doe72' }, '72'],
      ['Replace([mail],"@contoso.com", , ,"", )', { mail: 'john.doe@contoso.com' }, 'john.doe'],
      ['Replace([none],"a", , ,"b", , )', {}, null],
      [`Replace("abc", , "(b)", , "[\${1}]", , )`, {}, 'a[b]c'],
      ['Replace("Žiga 1", , "\\\\W", , "", , )', {}, 'Žiga1'],
    ],
  ],
  [
    'dates',
    [
      ['CDate("2020-03-16-07:00")', {}, '3/16/2020 7:00:00 AM'],
      ['CDate("2021-06-30+08:00")', {}, '6/29/2021 4:00:00 PM'],
      ['CDate("2009-06-15T01:45:30-07:00")', {}, '6/15/2009 8:45:30 AM'],
      ['FormatDateTime("20150123105347.1Z", , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")', {}, '2015-01-23'],
      ['FormatDateTime("Mar 5, 2021 1:07 PM", , "MMM d, yyyy h:mm tt", "dd MMMM yy HH:mm")', {}, '05 March 21 13:07'],
      ['FormatDateTime("20150123105347.1Z", "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")', {}, '2015-01-23'],
      ['FormatDateTime("2015-01-23", , , "ddd d MMM")', {}, 'Fri 23 Jan'],
      ['FormatDateTime("09:30", , "HH:mm", "yyyy-MM-dd HH:mm")', {}, '1970-01-01 09:30'],
      [
        'FormatDateTime("2015-01-23T10:00:00+02:00", "AdjustToUniversal", "yyyy-MM-ddTHH:mm:ssK", "HH:mmK")',
        {},
        '08:00Z',
      ],
      ['NumFromDate("2020-12-31T00:00:00.1234567Z")', {}, '132538464001234567'],
      [`DateAdd("d", 7, ${BASE})`, {}, '3/23/2012 7:00:00 AM'],
      [`DateAdd("d", -10, ${BASE})`, {}, '3/6/2012 7:00:00 AM'],
      [`DateAdd("ww", 2, ${BASE})`, {}, '3/30/2012 7:00:00 AM'],
      [`DateAdd("m", 10, ${BASE})`, {}, '1/16/2013 7:00:00 AM'],
      [`DateAdd("yyyy", 2, ${BASE})`, {}, '3/16/2014 7:00:00 AM'],
      ['DateAdd("m", 1, "2024-01-31")', {}, '2/29/2024 12:00:00 AM'],
      ['DateDiff("d", "2021-08-18+08:00", "2021-08-31+08:00")', {}, 13],
      [`DateDiff("d", ${LATER}, ${BASE})`, {}, -3449],
      [`DateDiff("ww", ${LATER}, ${BASE})`, {}, -493],
      [`DateDiff("m", ${LATER}, ${BASE})`, {}, -113],
      [`DateDiff("yyyy", ${LATER}, ${BASE})`, {}, -9],
      [`DateDiff("s", ${BASE}, ${BASE})`, {}, 0],
      ['DateDiff("h", "2021-08-24", "2021-08-25")', {}, 24],
      ['DateDiff("n", "2021-08-24", "2021-08-25")', {}, 1440],
      ['DateDiff("s", "2021-08-24", "2021-08-25")', {}, 86400],
      ['DateFromNum(129699324000000000)', {}, '1/1/2012 11:00:00 PM'],
      [
        'NumFromDate(Join("",FormatDateTime([end], ,"yyyy-MM-ddzzz","yyyy-MM-dd")," 23:59:59-08:00"))',
        { end: '2020-12-31-08:00' },
        '132539615990000000',
      ],
      [
        'Switch([Active], ,"1",IIF(DateDiff("d",Now(),CDate([StatusHireDate])) > 5,"False","True"),"0","False")',
        { Active: '0' },
        'False',
      ],
      [
        'Switch([Active], ,"1",IIF(DateDiff("d",Now(),CDate([StatusHireDate])) > 5,"False","True"),"0","False")',
        { Active: '1', StatusHireDate: '1970-01-09' },
        'False',
      ],
    ],
  ],
  [
    'roles',
    [
      ['SingleAppRoleAssignment([appRoleAssignments])', { appRoleAssignments: ROLES }, 'Admin'],
      ['SingleAppRoleAssignment([appRoleAssignments])', {}, null],
      [
        'AssertiveAppRoleAssignmentsComplex([appRoleAssignments])',
        { appRoleAssignments: ROLES },
        [
          { primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'Admin', value: 'Admin' },
          { primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'User', value: 'User' },
        ],
      ],
      ['AssertiveAppRoleAssignmentsComplex([appRoleAssignments])', {}, null],
      ['AppRoleAssignments([appRoleAssignments])', { appRoleAssignments: ROLES }, ['Admin', 'User']],
      [
        'AppRoleAssignmentsComplex([appRoleAssignments])',
        { appRoleAssignments: ROLES },
        [
          { primary: false, type: 'WindowsAzureActiveDirectoryRole', displayName: 'Admin', value: 'Admin' },
          { primary: false, type: 'WindowsAzureActiveDirectoryRole', displayName: 'User', value: 'User' },
        ],
      ],
    ],
  ],
])('%s functions give the documented result', (_, vectors) => {
  test.each(vectors)('%s', (expression, attributes, result) => {
    expect(evaluate(expression, attributes)).toEqual(result)
  })
})

test('a large number is not written with an exponent', () => {
  expect(evaluate('Join("", 129699324000000000)')).toBe('129699324000000000')
})

test('IIF on a null attribute gives no value where that is chosen', () => {
  expect(evaluate('IIF([a]="b","c","d")', {}, { ...DEFAULT_ENVIRONMENT, iifOnNull: 'noValue' })).toBeNull()
})

test('Now is the time of the cycle and DefaultDomain the domain of the tenant', () => {
  const environment = { ...DEFAULT_ENVIRONMENT, now: Date.parse('2026-03-01T13:05:09Z'), defaultDomain: 'contoso.test' }
  expect(evaluate('Join(" ", Now(), DefaultDomain())', {}, environment)).toBe('3/1/2026 1:05:09 PM contoso.test')
})

test('Guid gives another value each time', () => {
  expect(evaluate('Guid()')).toMatch(/^[0-9a-f-]{36}$/)
  expect(evaluate('Guid()')).not.toBe(evaluate('Guid()'))
})

describe('RandomString', () => {
  const count = (text: Value, kind: RegExp) => [...String(text)].filter((one) => kind.test(one)).length

  test('holds the published minimums', () => {
    const first = evaluate('RandomString(6,3,0,0,3)')
    expect([count(first, /./), count(first, /[0-9]/), count(first, /[a-z]/)]).toEqual([6, 3, 3])
    for (let i = 0; i < 50; i++) {
      const second = evaluate('RandomString(10,2,2,2,1,"?,")')
      expect(second).toHaveLength(10)
      expect(count(second, /[0-9]/)).toBeGreaterThanOrEqual(2)
      expect(count(second, /[^0-9A-Za-z]/)).toBeGreaterThanOrEqual(2)
      expect(count(second, /[A-Z]/)).toBeGreaterThanOrEqual(2)
      expect(count(second, /[a-z]/)).toBeGreaterThanOrEqual(1)
      expect(second).not.toMatch(/[?,]/)
    }
  })

  test.each(['RandomString(3,2,2,0,0)', 'RandomString(257,0,0,0,1)'])('refuses %s', (expression) => {
    expect(() => evaluate(expression)).toThrow('to 256 characters')
  })
})

test('the year of a date that has none is that of the cycle', () => {
  const environment = { ...DEFAULT_ENVIRONMENT, now: Date.parse('2026-03-01T13:05:09Z') }
  expect(evaluate('FormatDateTime("05/17", , "MM/dd", "d")', {}, environment)).toBe('05/17/2026')
})

test.each([
  ['IIF(IsNullOrEmpty([a]), "b", "c")', 'IIF on IsNullOrEmpty', 'b'],
  ['IIF(IsPresent([a]), "b", "c")', 'IIF on IsPresent', 'c'],
  ['IIF([a] = "", "b", "c")', 'A comparison with ""', 'c'],
  ['Switch(IsNull([a]), "d", "True", "yes")', 'Switch on IsNull', 'yes'],
  ['Append("x", Switch(IsPresent([a]), "d", "True", "yes"))', 'Switch on IsPresent', 'xd'],
])('%s is not supported by the service, and evaluated only where that is chosen', (expression, what, result) => {
  expect(() => compileExpression(expression)).toThrow(`${what} is not supported by the service; use Switch`)
  const evaluator = compileExpression(expression, { ...DEFAULT_LANGUAGE, unsupportedForms: 'evaluated' })
  expect(evaluator(() => null, DEFAULT_ENVIRONMENT)).toBe(result)
})

test('the names of functions can be taken in any case', () => {
  const evaluator = compileExpression('toupper(APPEND("a", "b"))', { ...DEFAULT_LANGUAGE, functionNames: 'anyCase' })
  expect(evaluator(() => null, DEFAULT_ENVIRONMENT)).toBe('AB')
})

test.each(['Switch([a],"x","k")', 'Switch([a],"x")', 'Switch([a],"x",)', 'Switch([a],"x","k","v","l")'])(
  '%s is refused: keys and values come in pairs',
  (expression) => {
    expect(() => compileExpression(expression)).toThrow('Switch takes a source, a default, and then keys and values')
  },
)

test('one comma too many at the end of Switch means nothing', () => {
  expect(evaluate('Switch("k","x","k","v",)')).toBe('v')
  expect(evaluate('Switch("k","x","k",)')).toBeNull()
})

test.each(['SelectUniqueValue([a])', 'SelectUniqueValue([a],)'])('%s is refused', (expression) => {
  expect(() => compileExpression(expression)).toThrow('SelectUniqueValue takes two rules or more')
})

test('a branch that is not chosen is not evaluated', () => {
  expect(evaluate('Switch("a","x","a","good","b",CDate("no date"))')).toBe('good')
})

test.each([
  ['CDate("soon")', '"soon" is not a date'],
  ['CDate("2021-13-45")', '"2021-13-45" is not a date: there is no such day or time'],
  ['DateFromNum("x")', 'DateFromNum takes a whole number, not "x"'],
  ['FormatDateTime("2021-01-01", "Sloppy", , "d")', '"Sloppy" is not a date style that is served; those are None'],
  ['Item([a],0)', 'counts from 1'],
  ['DateAdd("w",1,"2020-01-01")', 'allowed: yyyy, m, d, ww, h, n, s'],
  ['Left("a","b")', 'A whole number was expected, not "b"'],
  ['Replace("a", ,"(", ,"b", , )', 'not a valid regular expression'],
])('%s says what is wrong', (expression, message) => {
  expect(() => evaluate(expression)).toThrow(message)
})
