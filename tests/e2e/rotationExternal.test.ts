/** `entrada rotate` of a stack whose application makes its secrets itself, in a clone of its own: its stack file is changed. */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { root } from '../../tools/setup/node.mjs'
import { type Outcome, outcomeOf, startTenant, type Tenant } from './harness.ts'
import { type Cycles, runCycles, watchCommandLines } from './rotation/watch.ts'

jest.setTimeout(180_000)

const STACK = 'saas'
/** Products of their own, what proves things, and what is linked or made. */
const LEFT_OUT = ['.entrada', '.git', 'bench', 'docs', 'node_modules', 'sandbox', 'scim', 'tests']

interface Configuration {
  id: string
  tenantUrl: string
  tokenEndpoint: string
  clientId: string
  secrets: { id: string }[]
}

let tenant: Tenant
let clone: string
let file: string
let cycles: Cycles
let configuration: Configuration

beforeAll(async () => {
  tenant = await startTenant({ users: 60 })
  clone = mkdtempSync(path.join(tmpdir(), 'entrada-clone-'))
  for (const name of readdirSync(root)) {
    if (!LEFT_OUT.includes(name)) cpSync(path.join(root, name), path.join(clone, name), { recursive: true })
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
  file = path.join(clone, 'stacks', `Pulumi.${STACK}.yaml`)
  const body = { name: 'by hand', managedBy: null }
  const made = await tenant.scim<Configuration & { clientSecret: string }>('/configurations', { method: 'POST', body })
  configuration = made
  const { tenantUrl, tokenEndpoint, clientId } = made
  writeFileSync(
    file,
    `# Ours since the spring.
config:
  entrada:application: M-Files
  entrada:displayName: SaaS
  entrada:target:
    kind: external
    environment: test
    # As M-Files Manage shows it.
    tenantUrl: ${tenantUrl}
    tokenEndpoint: ${tokenEndpoint}
    clientId: ${clientId}
  entrada:scope: all
  entrada:scopeReason: a test
`,
  )
  mkdirSync(path.join(clone, 'backend'))
  expectSuccess(await pulumi(['stack', 'init']))
  expectSuccess(await pulumi(['config', 'set', '--path', '--secret', 'entrada:target.clientSecret'], made.clientSecret))
  expectSuccess(await pulumi(['up', '--yes', '--skip-preview']))
  const { text } = await pulumi(['stack', 'output', '--json'])
  cycles = runCycles(tenant, JSON.parse(text).job.id)
})
afterAll(async () => {
  await cycles?.stop()
  await tenant?.stop()
  if (clone) rmSync(clone, { recursive: true, force: true })
})

function expectSuccess({ code, text }: Outcome): void {
  if (code !== 0) throw new Error(text)
}

/** A program with the tenant's environment, and with `input` on its standard input. */
function start(command: string, args: string[], input: string): Promise<Outcome> {
  const env = { ...process.env, ...tenant.env, PULUMI_BACKEND_URL: `file://${path.join(clone, 'backend')}` }
  const child = spawn(command, args, {
    cwd: clone,
    env: { ...env, ENTRADA_LOCAL: path.join(clone, '.entrada') },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input)
  return outcomeOf(child)
}

const pulumi = (args: string[], input = '') =>
  start(tenant.engine, [...args, '--stack', STACK, '--non-interactive', '--color=never'], input)
const rotate = (secret: string, ...args: string[]) =>
  start(process.execPath, ['cli/entrada.mjs', 'rotate', STACK, '--secret-stdin', ...args], `${secret}\n`)

/** As an administrator makes one; the old one stays valid. */
async function newSecret(): Promise<string> {
  const address = `/configurations/${configuration.id}/secrets`
  const body = { retireOthers: 'never' }
  return (await tenant.scim<{ clientSecret: string }>(address, { method: 'POST', body })).clientSecret
}

async function expectAllCyclesGood(): Promise<void> {
  await cycles.another()
  expect([...new Set(cycles.states)]).toEqual(['Succeeded'])
}

test('a secret that does not work changes nothing', async () => {
  const before = readFileSync(file, 'utf8')
  const { code, text } = await rotate('wrong-secret', '--yes')
  expect(text).toMatch(/tested the new client secret and it does not work, so nothing was changed.*refused the client/)
  expect(text).not.toContain('wrong-secret')
  expect(code).toBe(1)
  expect(readFileSync(file, 'utf8')).toBe(before)
  const unasked = await rotate('any')
  expect(unasked).toMatchObject({ code: 1, text: expect.stringContaining('give --yes') })
  await expectAllCyclesGood()
})

test('one that works stands encrypted in the file and is in use; nobody saw it', async () => {
  const secret = await newSecret()
  const before = readFileSync(file, 'utf8')
  const processes = watchCommandLines()
  const { code, text } = await rotate(secret, '--yes', '--expires', '2027-01-31')
  const commandLines = await processes.stop()
  expect(text).toContain('saas: the new client secret is in use, valid until 2027-01-31; Entra has tested it')
  expect(code).toBe(0)
  const after = readFileSync(file, 'utf8')
  expect(after).not.toBe(before)
  const withoutSecret = (yaml: string) => yaml.replace(/secure: .*/, '').replace(/ +clientSecretExpires: .*\n/, '')
  expect(withoutSecret(after)).toBe(withoutSecret(before))
  expect(after).toContain('# As M-Files Manage shows it.')
  expect(after).toContain('clientSecretExpires: "2027-01-31"')

  const { text: state } = await pulumi(['stack', 'export'])
  expect(commandLines).toContain('--secret-stdin')
  expect([text, after, state, commandLines].join('\n')).not.toContain(secret)
  await expectAllCyclesGood()

  // Once a cycle has run with the new one, the administrator ends the old one.
  const [old] = (await tenant.scim<Configuration>(`/configurations/${configuration.id}`)).secrets
  await tenant.scim(`/configurations/${configuration.id}/secrets/${old!.id}`, { method: 'DELETE' })
  await expectAllCyclesGood()

  // When the next one ends nobody said: the day of the one before would be wrong.
  expectSuccess(await rotate(await newSecret(), '--yes'))
  expect(readFileSync(file, 'utf8')).not.toContain('clientSecretExpires')
  expectSuccess(await pulumi(['preview', '--expect-no-changes']))
})

test('an update that fails leaves the old one in the file and in the job, and says so', async () => {
  const secret = await newSecret()
  const before = readFileSync(file, 'utf8')
  await tenant.control('/faults', {
    method: 'POST',
    body: { method: 'PUT', path: '/synchronization/secrets$', status: 400, body: { error: { code: 'Refused' } } },
  })
  const { code, text } = await rotate(secret, '--yes')
  await tenant.control('/faults', { method: 'DELETE' })
  expect(text).toMatch(/the update failed: .*Refused.*The old client secret is back in .*saas.yaml and in the job\./s)
  expect(text).not.toContain(secret)
  expect(code).toBe(1)
  expect(readFileSync(file, 'utf8')).toBe(before)
  expectSuccess(await pulumi(['preview', '--expect-no-changes']))
  await expectAllCyclesGood()
})
