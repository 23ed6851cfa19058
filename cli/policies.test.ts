import path from 'node:path'
import { expect, test } from '@jest/globals'
import { policiesFrom } from './policies.ts'

test('packs and their settings are meant from the folder of the caller; the rest stays as it is', () => {
  const here = path.resolve('here')
  const args = ['preview', '--policy-pack', 'policy', '--policy-pack-config=policy.json', '--stack', 'policy']
  expect(policiesFrom(here, args)).toEqual([
    'preview',
    '--policy-pack',
    path.join(here, 'policy'),
    `--policy-pack-config=${path.join(here, 'policy.json')}`,
    '--stack',
    'policy',
  ])
})
