/** The command itself, as a process, against the services and the state of a stack that is really there. */
import path from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { applicationUrn } from '../../cli/stack/application.ts'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, run, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant?.stop())

interface Report {
  machine: { check: string; state: string }[]
  stacks: { stack: string; findings: { check: string; state: string; seen: string; fix?: string }[] }[]
  counts: { problem: number; warning: number; notChecked: number }
}

/** Only the folder of the local stack and the Node to be judged are named: the rest is found as a user's command finds it. */
const doctor = (...args: string[]): Promise<Outcome> =>
  run(process.execPath, ['cli/entrada.mjs', 'doctor', ...args], root, {
    ENTRADA_LOCAL: tenant.folder.path,
    PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
  })

async function report(...args: string[]): Promise<Report & { code: number | null; text: string }> {
  const { code, text } = await doctor(...args, '--json')
  return { ...(JSON.parse(text) as Report), code, text }
}

const applicationIn = ({ stacks }: Report) => stacks[0]!.findings.find(({ check }) => check === 'application')?.seen

test('before the first update and after it, a stack that is served has no problems, and no secret is shown', async () => {
  const before = await report('local')
  expect({ code: before.code, ...before.counts }).toMatchObject({ code: 0, problem: 0, warning: 0, notChecked: 0 })
  expect(applicationIn(before)).toContain('the update makes it')

  expect((await tenant.up()).code).toBe(0)
  const after = await report('local')
  expect({ code: after.code, ...after.counts }).toMatchObject({ code: 0, problem: 0, warning: 0, notChecked: 0 })
  expect(applicationIn(after)).toContain('made or imported by this stack')

  const { clientSecret } = tenant.services.sandbox
  for (const secret of [clientSecret, tenant.services.scim.adminToken]) {
    expect(before.text + after.text).not.toContain(secret)
  }
})

test('the application is looked for under the name that the program gives its resource', async () => {
  expect(tenant.resource(await tenant.state(), 'GalleryApplication').urn).toBe(applicationUrn('local'))
})

test('a problem is a line with its fix, and the exit code says so', async () => {
  await tenant.control('/settings', { method: 'POST', body: { premiumLicence: 'none' } })
  const { code, text } = await doctor('local')
  await tenant.control('/settings', { method: 'POST', body: { premiumLicence: 'P2' } })
  expect(code).toBe(1)
  expect(text).toMatch(/ {2}problem {6}licence {6}the tenant has no Entra ID P1 or P2.*\n +→ buy or start a trial/)
  expect(text).toMatch(/problems 1, warnings 0, not checked 0, ok \d+\n$/)
  expect(text).not.toContain('\u001b')
})

test.each([
  ['a stack that does not exist', ['nowhere'], "there is no stack 'nowhere'"],
  ['a time limit that is none', ['--timeout', 'long'], 'It must be a number of seconds'],
  ['an access that is none', ['--access', 'write'], 'Allowed choices are change, read'],
  ['an option that does not exist', ['--jsn'], "unknown option '--jsn'"],
])('%s is a wrong command', async (_, args, message) => {
  const { code, text } = await doctor(...args)
  expect(code).toBe(2)
  expect(text).toContain(message)
})

test('a stack that nothing serves is told how to be served', async () => {
  const { code, text } = await run(process.execPath, ['cli/entrada.mjs', 'doctor', 'local'], root, {
    ENTRADA_LOCAL: path.join(tenant.folder.path, 'elsewhere'),
  })
  expect(code).toBe(1)
  expect(text).toMatch(/problem +services +the stack 'local' is not being served\n +→ run 'npm start'/)
})
