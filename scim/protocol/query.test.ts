import { expect, test } from '@jest/globals'
import { queryOfBody, queryOfUrl } from './query.ts'

const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']

test('a URL and a search say the same', () => {
  const ofUrl = queryOfUrl({
    filter: 'id pr',
    attributes: 'a,b',
    sortBy: 'userName',
    sortOrder: 'Descending',
    count: '5',
  })
  const body = {
    schemas,
    filter: 'id pr',
    attributes: ['a', 'b'],
    sortBy: 'userName',
    sortOrder: 'descending',
    count: 5,
  }
  expect(ofUrl).toEqual({ filter: 'id pr', attributes: 'a,b', sortBy: 'userName', descending: true, count: 5 })
  expect(queryOfBody(body)).toEqual({ ...ofUrl, attributes: ['a', 'b'] })
})

test('a parameter that is given twice is refused', () => {
  expect(() => queryOfUrl({ filter: ['a pr', 'b pr'] })).toThrow(
    expect.objectContaining({ scimType: 'invalidValue', message: expect.stringContaining('filter') }),
  )
})

test.each([[{ count: 1.5 }], [{ startIndex: true }], [{ filter: ['id pr'] }], [{ attributes: [1] }], [{ sortBy: {} }]])(
  'a search with %j is refused',
  (more) => {
    expect(() => queryOfBody({ schemas, ...more })).toThrow(expect.objectContaining({ scimType: 'invalidValue' }))
  },
)

test('null is as if it were not there', () => {
  expect(queryOfBody({ schemas, filter: null, count: null, cursor: null })).toEqual({ descending: false })
})
