import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { UNKNOWN } from '../resource.ts'
import { changesBetween } from './changes.ts'
import { checkInputs, flag, known, text } from './check.ts'
import { isMarker, markerOf } from './marker.ts'
import { nearest } from './near.ts'
import { propertyPath } from './paths.ts'

const schema = z.strictObject({
  name: text(),
  on: flag(true),
  inner: known(z.strictObject({ list: known(z.array(text())) }).optional()),
})

describe('checkInputs', () => {
  test('applies defaults and lets unknown values through at any depth', () => {
    const { inputs, failures } = checkInputs(schema, { name: UNKNOWN, inner: { list: ['a', UNKNOWN] } })
    expect(failures).toEqual([])
    expect(inputs).toEqual({ name: UNKNOWN, on: true, inner: { list: ['a', UNKNOWN] } })
  })

  test('what is wrong beside an unknown value is still found', () => {
    const { failures } = checkInputs(schema, { name: UNKNOWN, on: 'yes', inner: { list: [UNKNOWN, 3] } })
    expect(failures).toEqual([
      { property: 'on', reason: "on is 'yes': must be a boolean" },
      { property: 'inner.list[1]', reason: 'inner.list[1] is 3: must be a string' },
    ])
  })

  test('null counts as absent', () => {
    expect(checkInputs(schema, { name: null, on: null }).failures).toEqual([
      { property: 'name', reason: 'name is required' },
    ])
  })
})

test('changes are told at the innermost place, with the kind of change', () => {
  const olds = { a: 1, b: { c: [1, 2], d: 'x' }, gone: true, same: { deep: [1] } }
  const news = { a: UNKNOWN, b: { c: [1, 3, 4], d: null }, fresh: 'f', same: { deep: [1] } }
  expect(changesBetween(olds, news, ['b'])).toEqual({
    a: 'update',
    'b.c[1]': 'update-replace',
    'b.c[2]': 'add-replace',
    'b.d': 'delete-replace',
    gone: 'delete',
    fresh: 'add',
  })
})

test('near names: punctuation and case aside, misspelt, or the beginning of a longer one', () => {
  const names = ['M-Files', 'Miro', 'Sales Department', 'Salesforce']
  expect(nearest('mfiles', names)).toEqual(['M-Files'])
  expect(nearest('Salez', names)).toEqual(['Sales Department', 'Salesforce'])
  expect(nearest('Zoom', names)).toEqual([])
})

test('markers differ by URN and show nothing of it', () => {
  const urn = 'urn:pulumi:contoso::entrada::entrasync:index:GalleryApplication::files'
  expect(isMarker(markerOf(urn))).toBe(true)
  expect(markerOf(urn)).not.toBe(markerOf(`${urn}2`))
  expect(markerOf(urn)).not.toMatch(/contoso|files/)
})

test('places in inputs read as Pulumi writes them', () => {
  expect(propertyPath(['users', 0, 'a b', 'c'])).toBe('users[0]["a b"].c')
})
