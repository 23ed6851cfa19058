import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { stacksFolder } from '../../config/fleet.ts'
import { schemaText } from './generate.ts'

test('stacks/schema.json is what `entrada schema` prints: write it anew by `npx entrada schema > stacks/schema.json`', () => {
  expect(readFileSync(`${stacksFolder}/schema.json`, 'utf8')).toBe(schemaText())
})

test('an editor shows for each setting what the docs say of it', () => {
  const { $defs } = JSON.parse(schemaText())
  expect($defs.scope.description).toMatch(/^who is in scope.*assigned, all\. default: assigned$/)
  for (const definition of Object.values<{ description?: string }>($defs)) expect(definition.description).toBeTruthy()
  expect($defs.target.anyOf[0].properties.tenantUrl.description).toMatch(/Tenant URL/)
})
