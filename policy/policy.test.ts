import { describe, expect, test } from '@jest/globals'
import { type ResourceValidationArgs, Secret, unknownCheckingProxy } from '@pulumi/policy'
import { policyOf } from './policy.ts'
import { isProduction } from './production.ts'
import type { Context, Rule } from './rule.ts'
import { rules } from './rules/index.ts'
import { unversioned } from './types.ts'
import { at, look, UNKNOWN, WIRE_UNKNOWNS } from './values.ts'

test.each([...WIRE_UNKNOWNS])('%s is what @pulumi/policy takes as unknown', (value) => {
  const proxy = unknownCheckingProxy({ value }) as { value: unknown }
  expect(() => proxy.value).toThrow("can't be known during preview")
  expect(look(proxy)).toEqual({ props: { value: UNKNOWN }, secrets: new Set() })
})

test('properties are read through the proxies, with what is secret', () => {
  const given = { a: [{ b: new Secret('s') }, 1], c: new Secret({ d: true }), e: null }
  expect(look(unknownCheckingProxy(given))).toEqual({
    props: { a: [{ b: 's' }, 1], c: { d: true }, e: null },
    secrets: new Set(['a[0].b', 'c']),
  })
})

test('a path through what is unknown is unknown', () => {
  expect(at({ a: { b: UNKNOWN } }, 'a.b.c')).toBe(UNKNOWN)
  expect(at({ a: { b: 1 } }, 'a.b')).toBe(1)
  expect(at({ a: 'text' }, 'a.b.c')).toBeUndefined()
})

test.each([
  'azure-native:app:ContainerApp',
  'azure-native:app/v20240301:ContainerApp',
  'azure-native:app/v20240802preview:ContainerApp',
  'azure-native_app_v20240301:app:ContainerApp',
])('%s is a container app', (type) => {
  expect(unversioned(type)).toBe('azure-native:app:ContainerApp')
})

test('other types stay as they are', () => {
  for (const type of [
    'entrasync:index:ProvisioningJob',
    'pulumi:providers:azure-native',
    'azuread:index/group:Group',
  ]) {
    expect(unversioned(type)).toBe(type)
  }
})

test.each([
  [undefined, true],
  ['{"kind":"external"}', true],
  ['{"kind":"external","environment":"production"}', true],
  ['{"kind":"external","environment":"test"}', false],
  ['{"kind":"local"}', false],
  ['not JSON', true],
  ['null', true],
])('a target %s is for production: %s', (target, expected) => {
  expect(isProduction(target)).toBe(expected)
})

describe('a rule as a policy', () => {
  const seen: Context[] = []
  const rule: Rule = {
    name: 'rule',
    level: 'mandatory',
    production: 'stricter',
    needsSecrets: true,
    what: 'What.',
    why: 'Why.',
    fix: 'Fix it.',
    settings: { maximum: { type: 'integer', default: 5 } },
    check({ props }, context) {
      seen.push(context)
      return [`${String(props.a)} is wrong`]
    },
  }
  const args = (props: object, config = {}) =>
    ({ urn: 'u', type: 't', name: 'n', props, getConfig: () => config }) as unknown as ResourceValidationArgs
  const policy = policyOf(rule, true)
  const report: string[] = []
  const validate = policy.validateResource as (args: ResourceValidationArgs, report: (line: string) => void) => void

  test('tells what is wrong and how to put it right', () => {
    validate(args({ a: 1 }), (line) => report.push(line))
    expect(report).toEqual(['1 is wrong. Fix it.'])
    expect(policy.description).toBe('What. Why.')
  })

  test('has settings with defaults, and its own word on production', () => {
    expect(seen.at(-1)).toMatchObject({ production: true, settings: { maximum: 5 } })
    validate(args({}, { maximum: 7, production: false }), () => {})
    expect(seen.at(-1)).toMatchObject({ production: false, settings: { maximum: 7 } })
  })

  test('knows what is secret once the remediation has seen it, and changes nothing by it', () => {
    expect(seen.at(-1)?.secrets).toBeUndefined()
    expect(policy.remediateResource?.(args({ a: new Secret('x') }))).toBeUndefined()
    validate(args({ a: 'x' }), () => {})
    expect(seen.at(-1)?.secrets).toEqual(new Set(['a']))
  })
})

test('rules have names of their own and whole sentences', () => {
  const names = rules.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
  for (const { name, what, why, fix } of rules) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    for (const sentence of [what, why, fix]) expect(sentence).toMatch(/^[A-Z].*\.$/)
  }
})
