import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { stackNames } from '../stack/files.ts'
import { effectiveSettings, explainText } from './effective.ts'

const SECRET = 'v1:cipher'
let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-stacks-'))
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text)
  write('defaults.yaml', 'config: { application: M-Files, scope: all, target: { kind: external } }')
  write('rollout.yaml', 'rings: [{ name: canary, stacks: [contoso], defaults: { status: off } }]')
  write(
    'Pulumi.contoso.yaml',
    `config: { target: { tenantUrl: https://a.example, tokenEndpoint: https://b.example, clientId: c, clientSecret: { secure: ${SECRET} } } }`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

test('effective settings with where each stands; a secret shows nothing, not even its cipher', () => {
  const effective = effectiveSettings('contoso', folder)
  expect(effective).toMatchObject({
    stack: 'contoso',
    ring: 'canary',
    settings: { application: 'M-Files', scope: 'all', status: 'off', target: { clientSecret: '[encrypted]' } },
    sources: {
      application: 'stacks/defaults.yaml',
      'target.kind': 'stacks/defaults.yaml',
      'target.tenantUrl': 'stacks/Pulumi.contoso.yaml',
      'target.clientSecret': 'stacks/Pulumi.contoso.yaml',
      status: 'stacks/rollout.yaml, ring canary',
      waitForFirstCycle: 'built-in default',
    },
  })
  expect(JSON.stringify(effective)).not.toContain(SECRET)
  expect(explainText(effective)).toMatch(
    /^contoso, in ring canary\n.*\n {2}status +off +stacks\/rollout\.yaml, ring canary$/ms,
  )
})

test('what is missing or wrong is listed below what is there, and nothing that may be a secret is shown', () => {
  const file = path.join(folder, 'Pulumi.fresh.yaml')
  const target = '{ tenantUrl: https://me:hunter2@a.example, clientId: c, clientSecert: hunter2 }'
  writeFileSync(file, `config: { target: ${target}, scope: everyone }`)
  try {
    const effective = effectiveSettings('fresh', folder)
    expect(effective.settings).toMatchObject({
      application: 'M-Files',
      target: { kind: 'external', tenantUrl: '[not shown]', clientId: 'c', clientSecert: '[not shown]' },
    })
    const text = explainText(effective)
    expect(text).toMatch(/^ {2}target\.clientId +c +stacks\/Pulumi\.fresh\.yaml$/m)
    expect(text).toContain('\nmissing or wrong, so that the stack cannot be used yet:\n  - ')
    expect(text).toMatch(/entrada:target\.clientSecret is missing: set it by: pulumi config set/)
    expect(text).toMatch(/entrada:scope is "everyone"/)
    expect(JSON.stringify(effective) + text).not.toContain('hunter2')
  } finally {
    rmSync(file)
  }
})

test('only files of stacks are stacks', () => {
  expect(stackNames(folder)).toEqual(['contoso'])
  expect(() => effectiveSettings('fabrikam', folder)).toThrow(/there is no stack 'fabrikam'.*there are contoso/)
})
