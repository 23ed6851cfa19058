import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readFleet, stacksFolder } from '../../config/fleet.ts'
import { parseLayers } from '../../config/parse.ts'
import { layersOf } from '../../config/stackFile.ts'
import { settingsOfCells } from './cells.ts'
import { rowsOf } from './csv.ts'
import { nextSteps } from './nextSteps.ts'
import { type PlanOptions, planFiles, writeFiles } from './plan.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-stacks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const HEADER =
  'stack,tenantId,displayName,target.tenantUrl,target.tokenEndpoint,target.clientId,assignments.groups,labels'
const row = (stack: string, more = '') =>
  `${stack},${stack}.example,"M-Files, ${stack}",https://${stack}.example/scim,https://${stack}.example/token,0123,Sales; Legal,eu${more}`

const plan = (csv: string, options: Partial<PlanOptions> = {}) =>
  planFiles(rowsOf(csv), { force: false, folder, ...options })

/** As an update will read it, once the secret is set. */
const settings = (stack: string) => {
  const text = readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), 'utf8')
  const secret = { source: '', settings: { target: { kind: 'external', clientSecret: { secure: '' } } } }
  return parseLayers([...layersOf(text, stack, readFleet(folder)), secret]).config
}

test.each([
  ['external', true],
  ['local', false],
  ['containerApp', false],
])('what comes next for target %s', (kind, isAsked) => {
  const text = nextSteps({ stack: 'contoso', kind })
  expect(text.includes('entrada:target.clientSecret')).toBe(isAsked)
  expect(text).toMatch(/stack init.*preview.*npx entrada forecast contoso\n {2}npx entrada rollout contoso$/s)
})

describe('a file for each row', () => {
  test('each is valid, has its values and says what is to be done next', () => {
    const planned = plan([HEADER, row('contoso'), row('fabrikam')].join('\n'))
    expect(planned.map(({ kind }) => kind)).toEqual(['external', 'external'])
    writeFiles(planned)
    expect(readdirSync(folder).sort()).toEqual(['Pulumi.contoso.yaml', 'Pulumi.fabrikam.yaml'])
    expect(settings('fabrikam')).toMatchObject({
      tenantId: 'fabrikam.example',
      application: 'M-Files',
      displayName: 'M-Files, fabrikam',
      target: { kind: 'external', tenantUrl: 'https://fabrikam.example/scim', clientId: '0123' },
      assignments: { groups: ['Sales', 'Legal'] },
      labels: ['eu'],
    })
    const text = readFileSync(path.join(folder, 'Pulumi.contoso.yaml'), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/schema\.json\n/)
    expect(text).toMatch(/# The Entra tenant: .*\n {2}entrada:tenantId: contoso\.example\n/)
    expect(text).toMatch(/# Who is provisioned: .*\n {2}entrada:assignments:\n/)
    expect(text).toContain('config set --path --secret entrada:target.clientSecret --stack contoso')
  })

  test('what the fleet’s defaults say need not be in it, and is not', () => {
    writeFileSync(
      path.join(folder, 'defaults.yaml'),
      'config: { application: M-Files, target: { kind: external, tokenEndpoint: https://t.example, clientId: c } }',
    )
    writeFiles(plan('stack;target.tenantUrl\ncontoso;https://a.example/scim\n'))
    const text = readFileSync(path.join(folder, 'Pulumi.contoso.yaml'), 'utf8')
    expect(text).not.toMatch(/application:|tokenEndpoint|kind|~|assignments|labels/)
    expect(settings('contoso')).toMatchObject({ application: 'M-Files', target: { clientId: 'c' } })
  })

  test('a copy of a template keeps its comments, and nothing of its secret', () => {
    const example = readFileSync(path.join(stacksFolder, 'Pulumi.example.yaml'), 'utf8')
    writeFileSync(path.join(folder, 'Pulumi.example.yaml'), `encryptionsalt: v1:salt\n${example}`)
    writeFiles(plan('stack,displayName\ncontoso,Files', { template: 'example' }))
    const text = readFileSync(path.join(folder, 'Pulumi.contoso.yaml'), 'utf8')
    expect(text).toContain('# An app role by name')
    expect(text).not.toMatch(/salt|secure:/)
    expect(settings('contoso')).toMatchObject({ displayName: 'Files', accidentalDeletions: { threshold: 100 } })
  })
})

describe('nothing is written when anything is wrong', () => {
  test('all rows are told at once, each with its line and stack', () => {
    writeFileSync(path.join(folder, 'Pulumi.there.yaml'), 'config: {}')
    const bad = `${HEADER},scope\n${row('contoso', ',everyone')}\n${row('contoso', ',')}\n${row('there', ',')}\n${row('a/b', ',')}\nleast,,,,,,,,`
    const work = () => writeFiles(plan(bad))
    for (const fault of [
      /row 2: contoso: entrada:scope is "everyone"/,
      /row 3: contoso: another row has the same stack/,
      /row 4: there: .*Pulumi\.there\.yaml is there already: --force/,
      /row 5: a\/b: 'a\/b' is no name of a stack/,
      /row 6: least: entrada:target\.tenantUrl is missing/,
    ]) {
      expect(work).toThrow(fault)
    }
    expect(readdirSync(folder)).toEqual(['Pulumi.there.yaml'])
    expect(readFileSync(path.join(folder, 'Pulumi.there.yaml'), 'utf8')).toBe('config: {}')
  })

  test('--force overwrites', () => {
    writeFileSync(path.join(folder, 'Pulumi.there.yaml'), 'config: {}')
    writeFiles(plan(`${HEADER}\n${row('there')}`, { force: true }))
    expect(settings('there').tenantId).toBe('there.example')
  })

  test('a column of secrets is refused with what to do, and no secret is repeated', () => {
    const csv = 'stack,target.clientSecret\ncontoso,clear-secret'
    expect(() => rowsOf(csv)).toThrow(/target\.clientSecret is a secret.*config set --stack <stack> --path --secret/s)
    expect(() => rowsOf(csv)).not.toThrow('clear-secret')
    expect(settingsOfCells({ 'target.clientSecret': 'clear-secret' })).toEqual({
      settings: {},
      faults: [expect.stringMatching(/^target\.clientSecret is not a setting/)],
    })
  })

  test('a file that is no table of stacks', () => {
    expect(() => rowsOf('name,tenantId\na,b')).toThrow(/one of them stack; it is: name, tenantId/)
    expect(() => rowsOf('stack,tenantId\n"a,b')).toThrow('is not CSV')
    expect(() => plan('stack,tenantid\na,b')).toThrow(/row 2: a: tenantid is not a setting.*did you mean tenantId/)
    expect(() => plan('stack,additionalMappings\na,b')).toThrow(/additionalMappings is not a setting of one value/)
  })
})
