import { expect, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { parseDefaults, parseRollout } from './fleet.ts'
import { readStackConfig, targetSecret } from './program.ts'

const SECRET = 'clear-secret'
const external = {
  kind: 'external',
  tenantUrl: 'https://saas.example/scim/v2',
  tokenEndpoint: 'https://saas.example/oauth2/token',
  clientId: 'client-1',
  clientSecret: SECRET,
}

function give(target: object, secretKeys: string[] = [], more: Record<string, string> = {}): void {
  const config = { 'entrada:application': 'M-Files', 'entrada:target': JSON.stringify(target), ...more }
  pulumi.runtime.setAllConfig(config, secretKeys)
}

test('of a secret target only the client secret stays secret; the kind is known at once', async () => {
  give(external, ['entrada:target'])
  const { target } = readStackConfig({})
  if (target.kind !== 'external') throw new Error('wrong kind')
  expect(await pulumi.isSecret(target.clientSecret)).toBe(true)
  const { clientSecret: _, ...clear } = target
  expect(JSON.stringify(clear)).not.toContain(SECRET)
  expect(clear.tenantUrl).toBe(external.tenantUrl)
})

test('a client secret that is not encrypted in the stack’s file is refused and not repeated', () => {
  give(external)
  expect(() => readStackConfig({})).toThrow(/entrada:target\.clientSecret is \[secret\]: it stands there in clear/)
  expect(() => readStackConfig({})).not.toThrow(SECRET)
})

test('the client secret of a target is told as the engine decrypted it, and only where it is encrypted in the file', () => {
  give(external, ['entrada:target'])
  expect(targetSecret()).toBe(SECRET)
  give(external)
  expect(targetSecret()).toBeUndefined()
  give({ kind: 'local' }, ['entrada:target'])
  expect(targetSecret()).toBeUndefined()
})

test('another setting that is encrypted is not repeated in an error either', () => {
  give({ kind: 'local', apiUrl: 'http://127.0.0.1:1/api' }, ['entrada:scope'], { 'entrada:scope': SECRET })
  expect(() => readStackConfig({})).toThrow('entrada:scope is [secret]: allowed are assigned, all')
})

test('the local service’s address comes from the stack, else from the environment, else is asked for', () => {
  const env = { ENTRADA_SCIM_API_URL: 'http://127.0.0.1:2/api' }
  give({ kind: 'local', apiUrl: 'http://127.0.0.1:1/api' })
  expect(readStackConfig(env).target).toMatchObject({ apiUrl: 'http://127.0.0.1:1/api' })
  give({ kind: 'local' })
  expect(readStackConfig(env).target).toMatchObject({ apiUrl: 'http://127.0.0.1:2/api' })
  expect(() => readStackConfig({})).toThrow(/entrada:target\.apiUrl is missing: .* ENTRADA_SCIM_API_URL/)
})

test('a fault is shown without a stack trace', () => {
  give({ kind: 'nowhere' })
  expect(() => readStackConfig({})).toThrow(pulumi.RunError)
})

test('what the fleet’s files say is merged under the stack’s own, a secret target too, and the local address after that', () => {
  const fleet = () => ({
    defaults: parseDefaults(
      'config: { scope: all, target: { kind: external, tokenEndpoint: https://saas.example/other }, assignments: { role: R } }',
    ),
    rollout: parseRollout('rings: [{ name: all, stacks: ["*"], defaults: { status: off } }]'),
  })
  const { kind: _, tokenEndpoint: __, ...rest } = external
  give(rest, ['entrada:target'], { 'entrada:assignments': '{"groups":["g"]}' })
  expect(readStackConfig({}, fleet)).toMatchObject({
    scope: 'all',
    status: 'off',
    target: { kind: 'external', tenantUrl: external.tenantUrl, tokenEndpoint: 'https://saas.example/other' },
    assignments: { groups: ['g'], role: 'R' },
  })
  give({ name: 'n' }, [])
  const local = () => ({ ...fleet(), defaults: parseDefaults('config: { target: { kind: local } }') })
  const { target } = readStackConfig({ ENTRADA_SCIM_API_URL: 'http://127.0.0.1:2/api' }, local)
  expect(target).toEqual({ kind: 'local', name: 'n', apiUrl: 'http://127.0.0.1:2/api' })
})
