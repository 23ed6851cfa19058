import { expect, test } from '@jest/globals'
import { DEFAULT_SWITCHES, SWITCH_CHOICES } from './switches.ts'

test('a default is one of the choices', () => {
  for (const [name, choices] of Object.entries(SWITCH_CHOICES)) {
    expect(choices).toContain(DEFAULT_SWITCHES[name as keyof typeof DEFAULT_SWITCHES])
  }
})
