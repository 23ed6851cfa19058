/** Status of several tenants in one sandbox, over the network. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createProvisioning } from '../../sandbox/provisioning/service.ts'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { trustSandbox } from '../local/trust.ts'
import { type SandboxTenant, setUp, type TestStack, writeStack } from '../stack/fleet.testing.ts'
import { openTenant } from '../stack/tenant.ts'
import { readStatus } from './read.ts'

let sandbox: TestSandbox
let folder: string
let stacks: TestStack[]
let tenants: SandboxTenant[]

beforeAll(async () => {
  folder = mkdtempSync(`${tmpdir()}/entrada-stacks-`)
  sandbox = await startTestSandbox({ tenants: 3, users: 10, createProvisioning, templateSchema })
  trustSandbox(sandbox.address.caFile)
  tenants = (await sandbox.control('GET', '/tenants')).body
  stacks = tenants.map((tenant, index) => writeStack(folder, `t${index}`, sandbox.address.metadataHost, tenant))
  await setUp(stacks[0]!, tenants[0]!.tenantId)
  await setUp(stacks[1]!, tenants[1]!.tenantId)
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

const read = ({ name, env }: TestStack) => readStatus(name, () => openTenant(name, env, folder), 86_400_000)

test('each tenant by the file’s tenantId, three requests to Graph for each', async () => {
  await sandbox.control('DELETE', '/requests')
  const [one, two] = await Promise.all([read(stacks[0]!), read(stacks[1]!)])
  const job = { on: false, code: 'Paused' }
  expect(one).toMatchObject({ health: 'healthy', tenantId: tenants[0]!.tenantId, job, problems: [], requests: 3 })
  expect(two).toMatchObject({ health: 'healthy', tenantId: tenants[1]!.tenantId, job, problems: [], requests: 3 })
  const requests: { path: string }[] = (await sandbox.control('GET', '/requests')).body
  expect(requests.filter(({ path }) => path.startsWith('/v1.0/'))).toHaveLength(6)
})

test('a tenant that cannot be read is a line that says why, and no other’s trouble', async () => {
  const nowhere = { name: 't1', env: { ...stacks[1]!.env, ARM_METADATA_HOSTNAME: '127.0.0.1:1' } }
  const refused = { name: 't2', env: { ...stacks[2]!.env, ARM_CLIENT_SECRET: 'not-the-secret' } }
  const noFile = { name: 't9', env: stacks[0]!.env }
  const statuses = await Promise.all([stacks[0]!, nowhere, refused, noFile].map(read))
  expect(statuses.map(({ health }) => health)).toEqual(['healthy', 'unknown', 'unknown', 'unknown'])
  expect(statuses[1]!.unknown).toEqual([expect.stringMatching(/127\.0\.0\.1:1.*cannot be reached/)])
  expect(statuses[2]!.unknown).toEqual([expect.stringMatching(/Could not sign in to tenant .*AADSTS7000215/s)])
  expect(statuses[3]!.unknown).toEqual([expect.stringMatching(/there is no stack 't9'/)])
  expect(JSON.stringify(statuses)).not.toContain('not-the-secret')
})

test('when the client secret of an application elsewhere ends is in the stack’s file', async () => {
  const file = path.join(folder, 'Pulumi.t0.yaml')
  const before = readFileSync(file, 'utf8')
  const { config } = JSON.parse(before) as { config: { target: object } }
  const target = { ...config.target, clientSecretExpires: '2020-01-31' }
  writeFileSync(file, JSON.stringify({ config: { ...config, target } }))
  try {
    const status = await read(stacks[0]!)
    expect(status).toMatchObject({ health: 'attention', secretExpires: '2020-01-31' })
    expect(status.problems).toEqual([
      { what: expect.stringContaining('the client secret ended'), fix: 'npx entrada rotate t0 --expires <day>' },
    ])
  } finally {
    writeFileSync(file, before)
  }
  expect((await read(stacks[0]!)).secretExpires).toBeNull()
})

test('a tenant where nothing was set up yet is told so', async () => {
  const status = await read(stacks[2]!)
  expect(status).toMatchObject({ health: 'attention', application: null, unknown: [], requests: 1 })
})
