import { expect, test } from '@jest/globals'
import { templateSchema } from './defaults/templates.ts'
import { withDiscovered } from './discovery.ts'
import { CORE_GROUP, CORE_USER, ENTERPRISE_USER } from './scim/body.ts'

const SHOP = 'urn:ietf:params:scim:schemas:extension:Shop:2.0:User'

const discovered = () => {
  const before = templateSchema('mfiles').directories[1]!
  const after = withDiscovered(before, [
    {
      id: CORE_USER,
      attributes: [
        { name: 'id', type: 'string', mutability: 'readOnly' },
        { name: 'userName', type: 'string', required: true },
        { name: 'nickName', type: 'string', caseExact: true },
        { name: 'active', type: 'boolean' },
        { name: 'name', type: 'complex', subAttributes: [{ name: 'middleName', type: 'string' }] },
        {
          name: 'emails',
          type: 'complex',
          multiValued: true,
          subAttributes: [
            { name: 'value', type: 'string' },
            { name: 'type', type: 'string', canonicalValues: ['work', 'home'] },
            { name: 'primary', type: 'boolean' },
          ],
        },
        { name: 'not a name', type: 'string' },
      ],
    },
    { id: ENTERPRISE_USER, attributes: [{ name: 'costCenter', type: 'string' }] },
    { id: SHOP, attributes: [{ name: 'level', type: 'integer', mutability: 'immutable' }] },
    {
      id: CORE_GROUP,
      attributes: [
        { name: 'members', type: 'complex', multiValued: true, subAttributes: [{ name: 'value', type: 'string' }] },
        { name: 'description', type: 'string' },
      ],
    },
  ])
  const added = after.objects.map(({ attributes }, i) => attributes.slice(before.objects[i]!.attributes.length))
  return { before, after, added }
}

test('attributes that the target has beside those known are added under the names that mappings use', () => {
  const [user, group] = discovered().added
  expect(user!.map(({ name }) => name)).toEqual([
    'nickName',
    'name.middleName',
    'emails[type eq "home"].value',
    `${ENTERPRISE_USER}:costCenter`,
    `${SHOP}:level`,
  ])
  expect(user!.at(-1)).toMatchObject({ type: 'Integer', mutability: 'Immutable', required: false })
  expect(user![0]).toMatchObject({ type: 'String', caseExact: true })
  expect(group!.map(({ name }) => name)).toEqual(['description'])
})

test('what was known stays as it was', () => {
  const { before, after } = discovered()
  before.objects.forEach((object, i) => {
    expect(after.objects[i]!.attributes.slice(0, object.attributes.length)).toEqual(object.attributes)
  })
})
