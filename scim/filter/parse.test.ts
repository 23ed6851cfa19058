import { describe, expect, test } from '@jest/globals'
import { ScimError } from '../errors.ts'
import { parseFilter, parsePatchPath } from './parse.ts'

const compare = (path: string, value: unknown, operator = 'eq') => ({ kind: 'compare', path, operator, value })

describe('filters that are understood', () => {
  test.each([
    ['userName eq "a"', compare('userName', 'a')],
    ['USERNAME EQ "a"', compare('USERNAME', 'a')],
    ['((userName eq "a"))', compare('userName', 'a')],
    ['userName eq"a"', compare('userName', 'a')],
    ['displayName eq "x] and (y or z"', compare('displayName', 'x] and (y or z')],
    [String.raw`displayName eq "a\"b\\"`, compare('displayName', 'a"b\\')],
    [String.raw`displayName eq "\u00e9"`, compare('displayName', 'é')],
    ['active eq True', compare('active', true)],
    ['title eq null', compare('title', null)],
    ['externalId eq jyoung', compare('externalId', 'jyoung')],
    ['meta.created gt 2015-01-01T00:00:00Z', compare('meta.created', '2015-01-01T00:00:00Z', 'gt')],
    ['members.$ref eq "x"', compare('members.$ref', 'x')],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a"',
      compare('urn:ietf:params:scim:schemas:core:2.0:User:userName', 'a'),
    ],
    ['not (title pr)', { kind: 'not', filter: { kind: 'present', path: 'title' } }],
    [
      'title pr or userName eq "a"  and\tactive eq false',
      {
        kind: 'or',
        filters: [
          { kind: 'present', path: 'title' },
          { kind: 'and', filters: [compare('userName', 'a'), compare('active', false)] },
        ],
      },
    ],
    [
      'emails[type eq "work"].value eq "x"',
      {
        kind: 'element',
        path: 'emails',
        filter: { kind: 'and', filters: [compare('type', 'work'), compare('value', 'x')] },
      },
    ],
  ])('%s', (text, tree) => {
    expect(parseFilter(text)).toEqual(tree)
  })
})

describe('filters that are refused with invalidFilter', () => {
  test.each([
    ['not userName eq "a"'],
    ['userName xx "a"'],
    ['userName eq'],
    ['userName pr "x"'],
    ['eq "a"'],
    ['userName eq "a" and'],
    ['(userName eq "a"'],
    ['userName eq "a")'],
    ['userName eq "a'],
    ['__proto__ eq "x"'],
    [''],
    ['emails[type eq "work"'],
    ['('.repeat(15_000)],
    [`${'('.repeat(40)}a pr${')'.repeat(40)}`],
    [Array(300).fill('a pr').join(' or ')],
    ['a'.repeat(20_000)],
    [`a${'.'.repeat(8_000)} pr`],
  ])('%#', (text) => {
    const error = catchError(() => parseFilter(text))
    expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' })
  })
})

describe('PATCH paths', () => {
  test('have an attribute, a filter and a sub-attribute', () => {
    expect(parsePatchPath('emails[type eq "work"].value', 'strict')).toEqual({
      path: 'emails',
      filter: compare('type', 'work'),
      sub: 'value',
    })
    expect(parsePatchPath('name.familyName', 'strict')).toEqual({ path: 'name.familyName' })
  })

  test.each([
    ['emails[0].value'],
    ['emails[]'],
    ['emails[type eq "work"'],
    ['a..b'],
    [''],
    ['__proto__.x'],
    ['constructor.prototype.x'],
  ])('%p is refused with invalidPath', (path) => {
    expect(catchError(() => parsePatchPath(path, 'lenient'))).toMatchObject({ status: 400, scimType: 'invalidPath' })
  })
})

function catchError(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  return undefined
}
