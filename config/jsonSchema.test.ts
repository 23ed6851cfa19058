import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { parse } from 'yaml'
import { parseDefaults } from './fleet.ts'
import { stackFileSchema } from './jsonSchema.ts'
import { parseStackConfig, StackConfigError } from './parse.ts'

const ajv = new Ajv2020({ allErrors: true, validateFormats: false, allowUnionTypes: true })
const accepts = ajv.compile(stackFileSchema(() => undefined))
const stacks = new URL('../stacks/', import.meta.url)
const read = (file: string) => parse(readFileSync(new URL(file, stacks), 'utf8')) as { config: Record<string, unknown> }

const files = readdirSync(stacks).filter((file) => file.endsWith('.yaml') && file !== 'rollout.yaml')

test.each(files)('%s is accepted', (file) => {
  expect([accepts(read(file)), accepts.errors]).toEqual([true, null])
})

test('what another file of the fleet may say is not required, what engine and other namespaces put there is let be', () => {
  const part = { target: { tenantUrl: 'https://saas.example/scim' }, 'azuread:tenantId': 'x', 'entrada:status': 'off' }
  expect(accepts({ encryptionsalt: 'v1:x', config: part })).toBe(true)
  expect(parseDefaults(JSON.stringify({ config: part })).settings).toHaveProperty('status')
})

const full = {
  ...read('Pulumi.example.yaml').config,
  'entrada:tenantId': 'contoso.onmicrosoft.com',
  'entrada:labels': ['eu'],
  'entrada:waitForFirstCycle': true,
  'entrada:accidentalDeletions': { enabled: true, threshold: 3 },
}
const local = { ...read('Pulumi.local.yaml').config, 'entrada:rotation': 'one' }

type Path = (string | number)[]

function places(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at]
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...at, index]))
    : Object.entries(value).flatMap(([key, item]) => places(item, [...at, key]))
  return at.length > 0 ? [at, ...inner] : inner
}

function changed(
  config: object,
  path: Path,
  change: (holder: Record<string | number, unknown>, key: string | number) => void,
) {
  const copy = structuredClone(config) as Record<string | number, unknown>
  const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((inner, key) => inner[key] as never, copy)
  change(holder, path.at(-1)!)
  return copy as Record<string, unknown>
}

function refuses(config: Record<string, unknown>): boolean {
  try {
    parseStackConfig(config)
    return false
  } catch (error) {
    if (error instanceof StackConfigError) return true
    throw error
  }
}

/** What is missing, rules between two settings, and the syntax of addresses beyond their beginning, are the parser's alone. */
const wrongValue = fc.constantFrom<unknown>(null, 7.5, { x: 1 }, [], [[]], '', 'ftp://x.example', { secure: 7 }, -1)

test('what the parser refuses for its type, its name or its values, the schema refuses too', () => {
  const place = fc.constantFrom(
    ...[full, local].flatMap((config) => places(config).map((path) => ({ config, path: path as Path }))),
  )
  fc.assert(
    fc.property(place, wrongValue, ({ config, path }, value) => {
      const mutant = changed(config, path, (holder, key) => {
        holder[key] = value
      })
      if (refuses(mutant)) expect([mutant, accepts({ config: mutant })]).toEqual([mutant, false])
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(place, fc.stringMatching(/^[a-z]{3,9}$/), ({ config, path }, word) => {
      const misspelt = changed(config, path, (holder, key) => {
        if (typeof key === 'string') holder[`${key}${word}`] = holder[key]
      })
      if (refuses(misspelt)) expect([misspelt, accepts({ config: misspelt })]).toEqual([misspelt, false])
    }),
    { numRuns: 300 },
  )
})
