import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { scimLock } from '../tools/lock/scim.mjs'

const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))

test("the SCIM service's image is built with the packages it is tested with: its lock is a part of the whole one", () => {
  expect(read('scim/package-lock.json')).toEqual(scimLock(read('package-lock.json')))
})

test('a lock that needs two versions in one place is refused', () => {
  const packages = {
    scim: { name: 's', version: '1', dependencies: { a: '1', b: '1' } },
    'scim/node_modules/b': { version: '1' },
    'node_modules/a': { version: '1', dependencies: { b: '2' } },
    'node_modules/b': { version: '2' },
  }
  expect(() => scimLock({ lockfileVersion: 3, packages })).toThrow('different versions of b')
})
