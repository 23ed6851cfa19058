import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { DEFAULT_SWITCHES, SWITCH_CHOICES } from './switches.ts'

const GUIDE = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')

test.each(Object.entries(DEFAULT_SWITCHES))('%s is described in the guide, with its default', (name, value) => {
  const described = new RegExp(`\`${name}\` \\(([^)]*)\\)`).exec(GUIDE)?.[1]
  const shown = Array.isArray(value) ? value.join(', ') : value === '' ? 'empty' : String(value)
  expect(described?.replaceAll('`', '')).toMatch(new RegExp(`^${shown}(?![\\w.])`))
})

test('a default is one of the choices', () => {
  for (const [name, choices] of Object.entries(SWITCH_CHOICES)) {
    expect(choices).toContain(DEFAULT_SWITCHES[name as keyof typeof DEFAULT_SWITCHES])
  }
})
