import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { command as adopt } from '../adopt/command.ts'
import { command as doctor } from '../doctor/command.ts'
import { command as drift } from '../drift/command.ts'
import { command as forecast } from '../forecast/command.ts'
import { command as logs } from '../logs/command.ts'
import { command as provision } from '../provision/command.ts'
import { command as rollout } from '../rollout/command.ts'
import { command as rotate } from '../rotate/command.ts'
import { command as status } from '../status/command.ts'
import { environments } from './envFiles.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-envs-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a stack’s own environment goes over the common one', () => {
  writeFileSync(path.join(folder, 'contoso.env'), '# of contoso\nARM_CLIENT_ID=own\nARM_CLIENT_SECRET="a b"\n')
  const envOf = environments({ ARM_CLIENT_ID: 'common', PATH: '/bin' }, folder)
  expect(envOf('contoso')).toEqual({ ARM_CLIENT_ID: 'own', ARM_CLIENT_SECRET: 'a b', PATH: '/bin' })
  expect(envOf('fabrikam')).toEqual({ ARM_CLIENT_ID: 'common', PATH: '/bin' })
  expect(() => environments({}, path.join(folder, 'none'))).toThrow(/there is no such folder/)
})

test.each([adopt, doctor, drift, forecast, logs, provision, rollout, rotate, status])(
  '$_name takes --env-files',
  (command) => {
    expect(command.options.map(({ long }) => long)).toContain('--env-files')
  },
)
