import { describe, expect, test } from '@jest/globals'
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js'
import fc from 'fast-check'
import { collectChanges } from './changes.ts'
import { valueAt } from './propertyPath.ts'
import { refreshFilter } from './refresh.ts'

const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: '[secret]' }
const JOB =
  'urn:pulumi:contoso::entrada::entrada:index:Provisioning$entrasync:index:ProvisioningJob::tenant-provisioning'

const step = (metadata: object) => ({ metadata: { type: 'entrasync:index:ProvisioningJob', urn: JOB, ...metadata } })

function changesOf(...events: object[]) {
  const { onEvent, result } = collectChanges()
  for (const event of events) onEvent({ sequence: 0, timestamp: 0, ...event } as EngineEvent)
  return result()
}

test('an update in a preview has each property with its old and new input; a secret shows as one', () => {
  const { changes } = changesOf({
    resourcePreEvent: step({
      op: 'update',
      detailedDiff: {
        notificationEmail: { diffKind: 'update', inputDiff: true },
        'credentials.clientSecret': { diffKind: 'update', inputDiff: true },
        'additionalMappings[0]': { diffKind: 'add', inputDiff: true },
      },
      old: { inputs: { notificationEmail: 'a@x.example', credentials: { clientSecret: SECRET } } },
      new: {
        inputs: {
          notificationEmail: 'b@x.example',
          credentials: { clientSecret: SECRET },
          additionalMappings: [{ source: '[city]', secret: SECRET }],
        },
      },
    }),
  })
  expect(changes).toEqual([
    {
      op: 'update',
      type: 'entrasync:index:ProvisioningJob',
      name: 'tenant-provisioning',
      protect: false,
      properties: [
        { path: 'notificationEmail', before: 'a@x.example', after: 'b@x.example' },
        { path: 'credentials.clientSecret', before: '[secret]', after: '[secret]' },
        { path: 'additionalMappings[0]', before: undefined, after: { source: '[city]', secret: '[secret]' } },
      ],
    },
  ])
})

test('a refresh tells only by its outputs what differs', () => {
  const states = { old: { outputs: { scope: 'assigned' } }, new: { outputs: { scope: 'all' } } }
  const { changes, unchanged } = changesOf(
    { resourcePreEvent: step({ op: 'refresh' }) },
    { resOutputsEvent: step({ op: 'update', detailedDiff: { scope: { diffKind: 'update' } }, ...states }) },
    { resOutputsEvent: step({ op: 'same', urn: `${JOB}2` }) },
    { resOutputsEvent: step({ op: 'same', urn: 'urn:s', type: 'pulumi:pulumi:Stack' }) },
  )
  expect(changes).toMatchObject([{ op: 'update', properties: [{ path: 'scope', before: 'assigned', after: 'all' }] }])
  expect(unchanged).toBe(1)
})

test('of an update that refreshes first, what the refresh found is told apart from what is done', () => {
  const isOfRefresh = refreshFilter()
  const other = `${JOB}2`
  const events: [object, boolean][] = [
    [{ resourcePreEvent: step({ op: 'refresh' }) }, true],
    [{ diagnosticEvent: { severity: 'warning', message: 'w' } }, false],
    [{ resourcePreEvent: step({ op: 'refresh', urn: other }) }, true],
    [{ resOutputsEvent: step({ op: 'update' }) }, true],
    [{ resourcePreEvent: step({ op: 'same' }) }, false],
    [{ resOutputsEvent: step({ op: 'same' }) }, false],
    [{ resOutputsEvent: step({ op: 'delete', urn: other }) }, true],
    [{ resourcePreEvent: step({ op: 'create', urn: other }) }, false],
  ]
  for (const [event, expected] of events) {
    expect([event, isOfRefresh({ sequence: 0, timestamp: 0, ...event } as EngineEvent)]).toEqual([event, expected])
  }
})

test('an item that leaves a list is not mistaken for the one that takes its place', () => {
  const states = { old: { id: '/x', outputs: { users: ['a', 'b'] } }, new: { outputs: { users: ['b', 'c'] } } }
  const detailedDiff = { 'users[0]': { diffKind: 'delete' }, 'users[1]': { diffKind: 'add' } }
  expect(changesOf({ resOutputsEvent: step({ op: 'update', detailedDiff, ...states }) }).changes).toMatchObject([
    {
      id: '/x',
      properties: [
        { path: 'users[0]', before: 'a', after: undefined },
        { path: 'users[1]', before: undefined, after: 'c' },
      ],
    },
  ])
})

test('a default mapping that was changed is a change, though no input says it', () => {
  const states = { old: { outputs: { mappingDrift: ['a'] } }, new: { outputs: { mappingDrift: ['b'] } } }
  const { changes, unchanged } = changesOf({ resOutputsEvent: step({ op: 'refresh', ...states }) })
  expect(changes).toMatchObject([
    {
      properties: [
        { path: 'mappingDrift', before: 'a' },
        { path: 'mappingDrift', after: 'b' },
      ],
    },
  ])
  expect(unchanged).toBe(0)
})

test('a replacement is one change, and says whether the resource is protected', () => {
  const { changes } = changesOf(
    { resourcePreEvent: step({ op: 'create-replacement' }) },
    { resourcePreEvent: step({ op: 'replace', diffs: ['templateId'], old: { protect: true, inputs: {} } }) },
    { resourcePreEvent: step({ op: 'delete-replaced' }) },
  )
  expect(changes).toMatchObject([{ op: 'replace', protect: true, properties: [{ path: 'templateId' }] }])
})

test('what is said is kept once, without colour commands and without the closing line', () => {
  const said = (severity: string, message: string) => ({ diagnosticEvent: { severity, message } })
  const { errors, warnings } = changesOf(
    said('warning', '<{%fg 3%}>twice<{%reset%}>\n'),
    said('warning', 'twice'),
    said('error', 'Tenant t does not have it'),
    said('error', 'preview failed'),
    said('debug', 'Registering resource'),
  )
  expect({ errors, warnings }).toEqual({ errors: ['Tenant t does not have it'], warnings: ['twice'] })
})

test('a policy’s finding names policy, level and resource', () => {
  const policyEvent = {
    resourceUrn: JOB,
    message: 'no mail',
    policyName: 'failure-mail',
    enforcementLevel: 'mandatory',
  }
  expect(changesOf({ policyEvent }).policies).toEqual([
    { policy: 'failure-mail', level: 'mandatory', resource: 'tenant-provisioning', message: 'no mail' },
  ])
})

describe('a property path', () => {
  test.each([
    ['a', 1],
    ['b.c', 2],
    ['b["d.e"]', 3],
    ['list[1].f', 4],
    ['b["q\\"uote"]', 5],
    ['none.at[3].all', undefined],
  ])('%s', (path, expected) => {
    const root = { a: 1, b: { c: 2, 'd.e': 3, 'q"uote': 5 }, list: [{}, { f: 4 }] }
    expect(valueAt(root, path)).toBe(expected)
  })

  test('finds what stands under any key', () => {
    const key = fc.string({ minLength: 1 })
    fc.assert(
      fc.property(key, key, fc.anything(), (outer, inner, value) => {
        const path = [outer, inner].map((part) => `["${part.replaceAll(/["\\]/g, '\\$&')}"]`).join('')
        expect(valueAt({ [outer]: { [inner]: value } }, path)).toBe(value)
      }),
    )
  })
})
