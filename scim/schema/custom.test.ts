import { expect, test } from '@jest/globals'
import { customExtensions } from './custom.ts'

const ext = (id: string, ...attributes: object[]): object => ({
  resourceType: 'User',
  schema: { id, name: 'x', attributes: attributes.length > 0 ? attributes : [text] },
})
const text = { name: 'a', type: 'string' }
const own = 'urn:contoso:site:2.0:User'

test.each([
  ['the URN of a schema that ships', [ext('URN:ietf:params:scim:schemas:core:2.0:user')], '0.schema.id'],
  ['the URN of the licences', [ext('urn:entrada:params:scim:schemas:extension:licence:2.0:User')], '0.schema.id'],
  ['one URN twice', [ext(own), ext(own)], '1.schema.id'],
  ['a URN that reads as an attribute of another schema', [ext(own), ext(`${own}:a`)], '1.schema.id'],
  ['one name twice, in other case', [ext(own, text, { name: 'A', type: 'boolean' })], '0.schema.attributes.1.name'],
  ['a complex attribute of nothing', [ext(own, { name: 'a', type: 'complex' })], '0.schema.attributes.0.subAttributes'],
  ['parts of text', [ext(own, { ...text, subAttributes: [text] })], '0.schema.attributes.0.subAttributes'],
  [
    'parts of one name',
    [ext(own, { name: 'b', type: 'complex', subAttributes: [text, text] })],
    '0.schema.attributes.0.subAttributes.1.name',
  ],
  [
    'what must be written and may not be',
    [ext(own, { ...text, required: true, mutability: 'readOnly' })],
    '0.schema.attributes.0.required',
  ],
  [
    'uniqueness of several values',
    [ext(own, { ...text, multiValued: true, uniqueness: 'server' })],
    '0.schema.attributes.0.uniqueness',
  ],
])('%s cannot be declared', (_name, extensions, path) => {
  const { error } = customExtensions.safeParse(extensions)
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
})

test('what is declared has the characteristics that RFC 7643 gives it where none are named', () => {
  const [extension] = customExtensions.parse([ext(own, { name: 'badge', type: 'string', uniqueness: 'server' })])
  expect(extension!.schema.attributes[0]).toMatchObject({
    mutability: 'readWrite',
    returned: 'default',
    caseExact: false,
  })
})
