import { readFileSync } from 'node:fs'
import { describe, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { TENANT } from '../azure/outputs.ts'
import { expectGolden } from './compare.ts'
import { engineConfig } from './engineConfig.ts'
import { runProgram } from './runProgram.ts'

// The first test waits for the programs to start, which takes its time on a busy machine.
jest.setTimeout(180_000)

const example = readFileSync(new URL('../../onboarding/Pulumi.example.yaml', import.meta.url), 'utf8')
const READING = example.replace('# entrada:access', 'entrada:access').replace(/\n +push: true/, '')
const CUSTOMER = '0a1b2c3d-0000-4000-8000-000000000001'

const run = (settings: object, env: Record<string, string> = {}) => {
  const keys = Object.entries(settings).map(([key, value]) => [`entrada:${key}`, value])
  return runProgram('dev', engineConfig(JSON.stringify({ config: Object.fromEntries(keys) })), env, {
    program: 'onboarding/index.ts',
  })
}

const github = [{ repository: 'contoso@5544123/tenants@821093847', environments: ['contoso'] }]
// Most of a run is start-up, so the runs go side by side.
const runs = {
  'onboarding-example': runProgram('example', engineConfig(example), {}, { program: 'onboarding/index.ts' }),
  'onboarding-read': runProgram('example', engineConfig(READING), {}, { program: 'onboarding/index.ts' }),
  'onboarding-least': run({ github, uses: [] }),
  'onboarding-customers': run({ github, customers: { tenants: [TENANT, CUSTOMER] } }, { ARM_ENVIRONMENT: 'china' }),
}
const invalid = run({ github: [{ repository: 'contoso/tenants' }], uses: ['everything'] })

describe.each(Object.entries(runs))('stack %s', (name, running) => {
  test('the program ends well and registers what was reviewed', async () => {
    const finished = await running
    expect(finished).toMatchObject({ exitCode: 0, errors: [], printed: '' })
    expectGolden(name, finished)
  })
})

test('what cannot be used stops the program before it registers anything, all named, without a stack trace', async () => {
  const { registrations, errors, exitCode } = await invalid
  expect(exitCode).not.toBe(0)
  expect([...registrations.keys()]).toEqual(['pulumi:pulumi:Stack::entrada-dev'])
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain('entrada:github[0].environments is missing: it must name whose jobs may sign in')
  expect(errors[0]).toContain('entrada:uses[0] is "everything": allowed are assignments, managedGroups')
  expect(errors[0]).not.toMatch(/\n {4}at /)
})

test('the program stands beside the one of the stacks, under a name of its own', () => {
  const project = parse(readFileSync(new URL('../../onboarding/Pulumi.yaml', import.meta.url), 'utf8'))
  expect(project).toMatchObject({ name: 'entrada-onboarding', main: 'index.ts', runtime: { name: 'nodejs' } })
})
