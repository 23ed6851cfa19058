import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { type Fleet, parseDefaults, parseRollout, readFleet } from './fleet.ts'
import { parseStackFile } from './stackFile.ts'

const fleet: Fleet = {
  defaults: parseDefaults(`
config:
  entrada:application: M-Files
  entrada:target: { kind: external, tokenEndpoint: https://saas.example/token }
  entrada:scope: all
  notificationEmail: ops@contoso.example
  azuread:ignored: true
`),
  rollout: parseRollout(`
rings:
  - name: canary
    stacks: [contoso]
    defaults: { waitForFirstCycle: true, 'entrada:scope': assigned }
  - { name: eu, labels: [eu], defaults: { accidentalDeletions: { threshold: 7 } } }
`),
}

const own = (more = '') => `
config:
  entrada:target:
    tenantUrl: https://saas.example/scim
    clientId: c
    clientSecret: { secure: v1:x }
${more}`

test('a stack’s file over its ring’s defaults over the fleet’s over the built-in ones', () => {
  expect(parseStackFile(own(), 'contoso', fleet)).toMatchObject({
    application: 'M-Files',
    target: { kind: 'external', tenantUrl: 'https://saas.example/scim', tokenEndpoint: 'https://saas.example/token' },
    scope: 'assigned',
    waitForFirstCycle: true,
    notificationEmail: 'ops@contoso.example',
    status: 'on',
  })
  const eu = parseStackFile(
    own('  entrada:labels: [eu]\n  entrada:accidentalDeletions: { enabled: true }\n'),
    'b',
    fleet,
  )
  expect(eu).toMatchObject({ scope: 'all', waitForFirstCycle: false, accidentalDeletions: { threshold: 7 } })
})

test('a fault names where its value stands, unless that is the stack’s own file', () => {
  const wrong: Fleet = {
    defaults: parseDefaults('config: { scope: everyone, target: { kind: external, tenantUrl: "ftp://x" } }'),
    rollout: parseRollout('rings: [{ name: canary, stacks: [contoso], defaults: { statsu: on } }]'),
  }
  const yaml = 'config: { status: maybe, application: M, target: { clientId: 7 } }'
  expect(() => parseStackFile(yaml, 'contoso', wrong)).toThrow(
    expect.objectContaining({
      faults: expect.arrayContaining([
        expect.stringMatching(/^entrada:scope is "everyone" \(in stacks\/defaults\.yaml\): allowed/),
        expect.stringMatching(/^entrada:target\.tenantUrl is "ftp:\/\/x" \(in stacks\/defaults\.yaml\)/),
        expect.stringMatching(/^entrada:target\.clientId is 7: /),
        expect.stringMatching(/^entrada:status is "maybe": /),
        expect.stringMatching(
          /^entrada:statsu is not a setting \(in stacks\/rollout\.yaml, ring canary\): did you mean status/,
        ),
      ]),
    }),
  )
})

test('secrets and the tenant are one stack’s own, and refused elsewhere without being shown', () => {
  const secret = { clientSecret: 'clear-secret' }
  expect(() => parseDefaults(JSON.stringify({ config: { target: secret, tenantId: 'x.example' } }))).toThrow(
    expect.objectContaining({
      faults: [
        expect.stringMatching(/^entrada:target\.clientSecret is a secret.*in stacks\/defaults\.yaml/),
        expect.stringMatching(/^entrada:tenantId is one stack's own/),
      ],
    }),
  )
  expect(() => parseDefaults(JSON.stringify({ config: { target: secret } }))).not.toThrow('clear-secret')
  const rings = [{ name: 'r', stacks: ['*'], defaults: { displayName: { secure: 'v1:x' } } }]
  expect(() => parseRollout(JSON.stringify({ rings }))).toThrow(/entrada:displayName is a secret.*ring r/)
})

test('files that are not there say nothing; those that are there are read', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'entrada-stacks-'))
  expect(readFleet(folder)).toEqual({
    defaults: { source: 'stacks/defaults.yaml', settings: {} },
    rollout: { rings: [], limits: {} },
  })
  writeFileSync(path.join(folder, 'defaults.yaml'), 'config: { scope: all }')
  writeFileSync(path.join(folder, 'rollout.yaml'), 'rings: [{ name: one, stacks: ["*"] }]')
  const { defaults, rollout } = readFleet(folder)
  expect([defaults.settings, rollout.rings.map(({ name }) => name)]).toEqual([{ scope: 'all' }, ['one']])
  rmSync(folder, { recursive: true })
})

test('the files of this clone are valid', () => {
  expect(() => readFleet()).not.toThrow()
})
