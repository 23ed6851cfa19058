import { expect, test } from '@jest/globals'
import { serviceKey } from './service-key.ts'

const one = serviceKey('one secret')
const other = serviceKey('other secret')

test('keys differ by purpose and by secret, and are the same in every replica', () => {
  expect(one.derive('a')).toEqual(serviceKey('one secret').derive('a'))
  expect(one.derive('a')).not.toEqual(one.derive('b'))
  expect(one.derive('a')).not.toEqual(other.derive('a'))
})

test('what is sealed opens under the same secret and label only, and unchanged', () => {
  const sealed = one.seal('content', 'label')
  expect(sealed).not.toContain('content')
  expect(one.open(sealed, 'label')).toBe('content')
  expect(one.open(sealed, 'another')).toBeUndefined()
  expect(other.open(sealed, 'label')).toBeUndefined()
  expect(one.open(`${sealed.slice(0, -2)}xx`, 'label')).toBeUndefined()
  expect(one.open('', 'label')).toBeUndefined()
})
