import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { parseStackFile } from './stackFile.ts'

const stacks = new URL('../stacks/', import.meta.url)

test.each(readdirSync(stacks).filter((file) => /^Pulumi\..*\.yaml$/.test(file)))('%s is valid', (file) => {
  expect(parseStackFile(readFileSync(new URL(file, stacks), 'utf8')).application).toBe('M-Files')
})

test('a key without a namespace is the project’s own, as the engine reads it', () => {
  const yaml = 'config:\n  application: M-Files\n  status: off\n  entrada:target: { kind: local }\n'
  expect(parseStackFile(yaml)).toMatchObject({ application: 'M-Files', status: 'off' })
})

test.each([
  ['broken YAML', 'config: [', 'Flow sequence'],
  ['no settings', '', 'entrada:application is missing'],
  ['settings that are none', 'config: 7', 'config must hold settings'],
  [
    'a target encrypted as a whole',
    'config: { application: M, target: { secure: "v1:x" } }',
    'entrada:target.kind is missing',
  ],
])('%s is refused', (_, yaml, message) => {
  expect(() => parseStackFile(yaml)).toThrow(message)
})
