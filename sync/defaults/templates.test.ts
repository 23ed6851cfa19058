import { expect, test } from '@jest/globals'
import { compileSchema } from '../rules.ts'
import { templateSchema } from './templates.ts'

test.each(['scim', 'customappsso', 'mfiles', 'someGalleryApp'])('the schema of %s compiles', (templateId) => {
  const rules = compileSchema(templateSchema(templateId))
  expect(rules.user!.matching.map((mapping) => mapping.target.path.text)).toEqual(['userName'])
  expect(rules.group!.matching.map((mapping) => mapping.target.path.text)).toEqual(['displayName'])
  expect(rules.group!.references.map((reference) => reference.sourceAttribute)).toEqual(['members'])
})

test('only the generic mapping has a manager', () => {
  expect(compileSchema(templateSchema('scim')).user!.references).toHaveLength(1)
  expect(compileSchema(templateSchema('mfiles')).user!.references).toHaveLength(0)
})

test('each call gives a schema of its own', () => {
  templateSchema('scim').synchronizationRules.length = 0
  expect(templateSchema('scim').synchronizationRules).toHaveLength(1)
})
